import AttributionKit
import Tensors

/// DeepLIFT's rescale rule: an activation function hands back `Δy/Δx`, its mean slope since another run, in place of its
/// slope here.
///
/// Source: Shrikumar, Greenside & Kundaje, ICML 2017, arXiv:1704.02685, section 3.5.2. All other steps are crossed by
/// their derivatives, which are the same thing where they are affine.
struct RescaleRule: GradientRule {
  let reference: ExplanationSession
  private let layers: [String: Layer]
  private let inputs: [String: [String]]

  init(against reference: ExplanationSession) {
    self.reference = reference
    layers = Dictionary(reference.model.layers.map { ($0.name, $0.native) }, uniquingKeysWith: { first, _ in first })
    inputs = Dictionary(reference.steps.map { ($0.name, $0.inputs) }, uniquingKeysWith: { first, _ in first })
  }

  func crossing(_ step: Step) -> Crossing {
    guard step.kind == .activation, let index = argument(of: step), let input = layers[step.inputs[index]],
      let output = layers[step.name]
    else { return .derivative }
    return .computed { [reference] crossed in
      let pulled = try crossed.pullback(crossed.cotangent)
      // What does not come after the layer is the same in both runs.
      guard let here = pulled[index], let x0 = try? reference.activation(at: input),
        let y0 = try? reference.activation(at: output), x0.shape == crossed.inputs[index].shape
      else { return pulled }
      let (x, y, v) = (crossed.inputs[index].scalars, crossed.output.scalars, crossed.cotangent.scalars)
      let multiplied = x.indices.map { i in
        let rise = x[i] - x0.scalars[i]
        // Over so short a way the mean slope is rounding.
        return abs(rise) < 1e-6 ? here.scalars[i] : v[i] * (y[i] - y0.scalars[i]) / rise
      }
      return pulled.indices.map { $0 == index ? Tensor(multiplied, shape: here.shape) : nil }
    }
  }

  /// Which of a step's inputs it is a function of: the only one that varies, or the `x` of a gate `x · σ(x)`, whose other
  /// factor is a function of it too.
  private func argument(of step: Step) -> Int? {
    let varying = step.inputs.indices.filter { layers[step.inputs[$0]] != nil }
    return varying.first { index in
      varying.allSatisfy { $0 == index || inputs[step.inputs[$0]]?.contains(step.inputs[index]) == true }
    }
  }

  static func == (lhs: RescaleRule, rhs: RescaleRule) -> Bool { lhs.reference === rhs.reference }

  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(reference)) }
}

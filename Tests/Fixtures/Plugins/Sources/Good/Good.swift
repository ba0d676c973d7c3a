import AttributionKit
import Tensors

@_cdecl("limn_plugin_register")
public func limnPluginRegister(_ context: UnsafeMutableRawPointer) -> Int32 {
  limnRegister(context) { registrar in
    registrar.add(ScaledGradient.descriptor)
    registrar.add(RuleDescriptor("halved", summary: "Half the cotangent at every rectifier.", rule: HalvedRule()))
    registrar.add(
      TargetDescriptor("margin", usage: "margin(class)", summary: "A class's logit less the mean of all.") {
        guard $0.arguments.count == 1 else { throw Refusal("margin takes one class: 'margin(0)'") }
        return Margin(index: try $0.classIndex(of: $0.arguments[0]))
      })
    registrar.add(ColorMapDescriptor("rust", stops: [0x000000, 0xFF0000, 0xFFFF00]))
    registrar.add(MeansFormat())
  }
}

/// The gradient of the pixels, times a number.
public struct ScaledGradient: AttributionMethod {
  public var factor: Float = 1

  public func attribution(in session: ExplanationSession) throws -> Attribution {
    guard factor <= 100 else { throw Refusal("a factor above 100 shows nothing: choose a smaller one") }
    return Attribution(factor * (try session.inputGradient()), at: session.inputLayer)
  }

  static let descriptor = MethodDescriptor(
    "scaled-gradient", title: "Scaled gradient", summary: "The gradient, times a number.", citation: "a test's",
    needs: [.gradients], prototype: ScaledGradient(),
    parameters: [Parameter("factor", \.factor, help: "what it is multiplied by", expected: "a number")])
}

/// Half of what reaches a rectifier.
struct HalvedRule: GradientRule {
  func crossing(_ step: Step) -> Crossing {
    step.activation == .rectifier ? .replaced { 0.5 * $0 } : .derivative
  }
}

/// A class's logit less the mean of all logits.
struct Margin: Target {
  let index: Int

  func score(of outputs: Outputs) throws -> Score {
    let logits = outputs.logits
    let count = logits.scalars.count
    let share = 1 / Float(count)
    return Score(
      value: logits.scalars[index] - share * logits.scalars.reduce(0, +),
      cotangent: Tensor.oneHot(index, count: count).map { $0 - share }, classIndex: index)
  }
}

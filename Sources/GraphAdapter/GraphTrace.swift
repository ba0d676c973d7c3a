import AttributionKit
import GraphEngine
import Kernels
import Synchronization
import Tensors

/// One recorded run of a graph, with its backward passes: one for each cotangent and rule, resumed when asked again.
final class GraphTrace: ForwardTrace {
  let logits: Tensor

  let model: GraphModel
  let trace: Trace
  /// The values that bypass a layer, repeated for as many images, of the layer asked for last.
  let bypassing = Mutex<(name: String?, images: Int, values: [NDArray])>((nil, 0, []))
  private let passes = Mutex(Passes())

  init(of model: GraphModel, on input: Tensor) throws {
    self.model = model
    trace = try model.plan.trace([NDArray(input).reshaped([1] + input.shape)])
    logits = model.logits(in: try trace.value(named: model.logitsName).tensor, of: 1).reshaped(model.logitsShape)
  }

  var steps: [Step] { model.layers.compactMap { model.steps[$0.name] } }

  var backwardPasses: Int { passes.withLock { $0.begun } }

  func activation(at layer: Layer) throws -> Tensor {
    try model.engine.run { model.maps(in: try trace.value(named: layer.name), of: layer) }
  }

  func pullback(_ cotangent: Tensor, to layer: Layer, under rule: any GradientRule) throws -> Tensor {
    try model.engine.run { try pull(cotangent, to: layer, under: rule) }
  }

  private func pull(_ cotangent: Tensor, to layer: Layer, under rule: any GradientRule) throws -> Tensor {
    let key = Passes.Key(cotangent: cotangent, rule: AnyHashable(rule))
    return try passes.withLock { passes in
      if let pass = passes.known[key], let pulled = try pass.walk.cotangent(of: layer.name) {
        return model.maps(in: pulled, of: layer)
      }
      // No pass yet, or one that has gone past the layer and dropped its cotangent: begin again at the logits.
      let pass = Passes.Pass(try begin(cotangent, under: rule))
      passes.known[key] = pass
      passes.begun += 1
      guard let pulled = try pass.walk.cotangent(of: layer.name) else {
        preconditionFailure("a pass that has just begun has passed \(layer.name)")
      }
      return model.maps(in: pulled, of: layer)
    }
  }

  private func begin(_ cotangent: Tensor, under rule: any GradientRule) throws -> BackwardPass {
    let automatic = model.automaticLayer.map { [$0.layer.name] } ?? []
    return try BackwardPass(
      through: trace, from: model.logitsName, cotangent: model.nativeCotangent(cotangent),
      retaining: Set(automatic)
    ) { [model] in model.crossing(of: $0, under: rule) }
  }
}

extension GraphModel {
  /// How a rule crosses a step: in its own way only what is a layer.
  func crossing(of step: PlannedStep, under rule: any GradientRule) -> StepCrossing {
    steps[step.name].map { StepCrossing(rule.crossing($0)) } ?? .derivative
  }
}

/// The backward passes of a trace.
private struct Passes {
  struct Key: Hashable, @unchecked Sendable {
    let cotangent: Tensor
    let rule: AnyHashable
  }

  /// A walk, guarded by the trace's lock.
  final class Pass: @unchecked Sendable {
    let walk: BackwardPass
    init(_ walk: BackwardPass) { self.walk = walk }
  }

  var known: [Key: Pass] = [:]
  var begun = 0
}

extension StepCrossing {
  init(_ crossing: Crossing) {
    switch crossing {
    case .derivative: self = .derivative
    case .derivativeOfPositive: self = .derivativeOfPositive
    case .positive: self = .positive
    case .replaced(let transform): self = .replaced { NDArray(try transform($0.tensor)) }
    }
  }
}

import AttributionKit
import GraphEngine
import Kernels
import Synchronization
import Tensors

/// One recorded run of a graph, with its backward passes: one for each score and rule, resumed when asked again.
final class GraphTrace: DifferentiableTrace {
  let outputs: [Tensor]

  let model: GraphModel
  let trace: Trace
  /// The values that bypass a layer, repeated for as many images, of the layer asked for last.
  let bypassing = Mutex<(name: String?, images: Int, values: [NDArray])>((nil, 0, []))
  private let passes = Mutex(Passes())

  convenience init(of model: GraphModel, on inputs: [Tensor]) throws {
    try self.init(of: model, model.plan.trace(inputs.map { NDArray($0).reshaped([1] + $0.shape) }))
  }

  /// A run of the model's graph, or of what is left of it after one of its values.
  init(of model: GraphModel, _ trace: Trace) throws {
    self.model = model
    self.trace = trace
    let arrays = try model.values.map { try trace.value(named: $0).tensor }
    outputs = zip(model.outputs(in: arrays, of: 1), model.outputs).map { $0.reshaped($1.shape) }
  }

  var steps: [Step] {
    let computed = Set(trace.plan.steps.map(\.name))
    return model.layers.compactMap { computed.contains($0.name) ? model.steps[$0.name] : nil }
  }

  var backwardPasses: Int { passes.withLock { $0.begun } }

  func activation(at layer: Layer) throws -> Tensor {
    try model.engine.run { model.maps(in: try trace.value(named: layer.name), of: layer) }
  }

  func pullback(_ cotangents: Cotangents, to layer: Layer, under rule: any GradientRule) throws -> Tensor {
    try model.engine.run { try pull(cotangents, to: layer, under: rule) }
  }

  private func pull(_ cotangents: Cotangents, to layer: Layer, under rule: any GradientRule) throws -> Tensor {
    let key = Passes.Key(cotangents: cotangents, rule: AnyHashable(rule))
    // Taken out while it is walked: no lock is held, so that a rule can ask for another gradient on the way, and a pass
    // that an error has left half walked is never resumed.
    if let pass = passes.withLock({ $0.known.removeValue(forKey: key) }),
      let pulled = try pass.walk.cotangent(of: layer.name)
    {
      passes.withLock { $0.known[key] = pass }
      return model.maps(in: pulled, of: layer)
    }
    // No pass yet, or one that has gone past the layer and dropped its cotangent: begin again at the outputs.
    let pass = Passes.Pass(try begin(cotangents, under: rule))
    passes.withLock { $0.begun += 1 }
    guard let pulled = try pass.walk.cotangent(of: layer.name) else {
      preconditionFailure("a pass that has just begun has passed \(layer.name)")
    }
    passes.withLock { $0.known[key] = pass }
    return model.maps(in: pulled, of: layer)
  }

  private func begin(_ cotangents: Cotangents, under rule: any GradientRule) throws -> BackwardPass {
    let automatic = model.automaticLayer.map { [$0.layer.name] } ?? []
    return try BackwardPass(
      through: trace, from: model.starts([cotangents], in: trace.plan), retaining: Set(automatic)
    ) { [model] in model.crossing(of: $0, under: rule) }
  }
}

/// The backward passes of a trace.
private struct Passes {
  struct Key: Hashable, @unchecked Sendable {
    let cotangents: Cotangents
    let rule: AnyHashable

    /// By the first few scalars that are not zero: of a detector's thousands of rows one is asked about, and to feed all
    /// of them to the hasher takes as long as the walk.
    func hash(into hasher: inout Hasher) {
      hasher.combine(rule)
      for cotangent in cotangents.values {
        hasher.combine(cotangent?.shape)
        guard let scalars = cotangent?.scalars else { continue }
        var (index, told) = (0, 0)
        while told < 8, let next = scalars[index...].firstIndex(where: { $0 != 0 }) {
          hasher.combine(next)
          hasher.combine(scalars[next])
          (index, told) = (next + 1, told + 1)
        }
      }
    }
  }

  /// A walk, which whoever takes it out of ``known`` has to himself.
  final class Pass: @unchecked Sendable {
    let walk: BackwardPass
    init(_ walk: BackwardPass) { self.walk = walk }
  }

  var known: [Key: Pass] = [:]
  var begun = 0
}

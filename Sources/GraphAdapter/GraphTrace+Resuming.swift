import AttributionKit
import GraphEngine
import Kernels
import Synchronization
import Tensors

extension GraphTrace: ResumableTrace {
  func logits(replacing layer: Layer, with activations: Tensor) throws -> Tensor {
    let rest = try model.rest(after: layer)
    let logits = try rest.plans.logits(for: model.native(activations, of: layer, in: trace)) { images in
      try bypassing.withLock { known in
        if known.layer != layer || known.images != images {
          known = (layer, images, try rest.bypassing(for: images) { try trace.value(named: $0) })
        }
        return known.values
      }
    }
    return model.logits(in: logits, of: activations.shape[0])
  }

  func batchSize(after layer: Layer, within bytes: Int) throws -> Int {
    try model.rest(after: layer).plans.batchSize(within: bytes)
  }
}

/// The network after a layer, for any number of activations.
struct RestOfNetwork: Sendable {
  let plans: PlanFamily
  private let bypassing: [String]

  init(after layer: Layer, of whole: PlanFamily) throws {
    let remainder = try whole.single.remainder(after: layer.name)
    bypassing = remainder.bypassing
    plans = PlanFamily(try Plan(remainder.graph, precision: whole.single.precision)) { images in
      guard let plan = whole.plan(for: images) else { throw GraphError.noSuchValue(layer.name) }
      return try plan.remainder(after: layer.name).graph
    }
  }

  /// The values that bypass the layer, as one image made them, for a number of images.
  func bypassing(for images: Int, value: (String) throws -> NDArray) throws -> [NDArray] {
    try bypassing.map { name in
      let one = try value(name)
      guard images > 1, let shape = plans.plan(for: images)?.shape(of: name), shape != one.shape else { return one }
      return NDArray(Array(repeating: one.scalars, count: images).flatMap { $0 }, shape: shape)
    }
  }
}

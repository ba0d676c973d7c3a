import AttributionKit
import GraphEngine
import Kernels
import Synchronization
import Tensors

extension GraphTrace: ResumableTrace {
  func outputs(replacing layer: Layer, with activations: Tensor) throws -> [Tensor] {
    try model.engine.run {
      let batch = try model.native(activations, of: layer, in: trace)
      return try batch.scalars.withUnsafeBufferPointer {
        try outputs(after: layer.name, for: $0, count: activations.shape[0])
      }
    }
  }

  func batchSize(after layer: Layer, within bytes: Int) throws -> Int {
    try model.rest(after: layer.name).plans.batchSize(within: bytes)
  }

  /// The outputs, each `[count]` + the shape of one, for several arrays in place of the value `name`, side by side.
  private func outputs(after name: String, for arrays: UnsafeBufferPointer<Float>, count: Int) throws -> [Tensor] {
    let rest = try model.rest(after: name)
    let outputs = try rest.plans.outputs(for: arrays, count: count) { rows in
      let images = rows.count
      let known = bypassing.withLock { $0.name == name && $0.images == images ? $0.values : nil }
      if let known { return known }
      let values = try rest.bypassing(for: images) { try trace.value(named: $0) }
      bypassing.withLock { $0 = (name, images, values) }
      return values
    }
    return model.outputs(in: outputs, of: count)
  }
}

extension GraphTrace: BranchingTrace {
  func branch(replacing layer: Layer, with activation: Tensor) throws -> any DifferentiableTrace {
    try model.engine.run {
      let rest = try model.rest(after: layer.name)
      let one = activation.reshaped([1] + activation.shape)
      let start = NDArray(try model.native(one, of: layer, in: trace))
        .reshaped(trace.plan.shape(of: layer.name) ?? [1] + layer.nativeShape)
      let others = try rest.bypassing(for: 1) { try trace.value(named: $0) }
      return try GraphTrace(of: model, rest.plans.single.trace([start] + others))
    }
  }
}

extension GraphTrace: AblatableTrace {
  func outputs(removing channels: Range<Int>, of layer: Layer) throws -> [Tensor] {
    guard let name = silencingPlace(of: layer) else {
      let whole = try activation(at: layer)
      let copies = Tensor(
        channels.flatMap { whole.removing(channel: $0).scalars }, shape: [channels.count] + layer.shape)
      return try outputs(replacing: layer, with: copies)
    }
    return try model.engine.run {
      try ablated(trace.value(named: name), channels: channels).withScalars {
        try outputs(after: name, for: $0, count: channels.count)
      }
    }
  }

  func batchSize(removingChannelsOf layer: Layer, within bytes: Int) throws -> Int {
    try model.rest(after: silencingPlace(of: layer) ?? layer.name).plans.batchSize(within: bytes)
  }

  /// The value where a channel of the layer is silenced with the least left to compute.
  ///
  /// Behind global pooling, a channel is a single number.
  ///
  /// - Returns: `nil` where the network does not hold the layer's channels as its own.
  private func silencingPlace(of layer: Layer) -> String? {
    let shape = model.plan.shape(of: layer.name) ?? []
    guard model.layouts[layer.name]?.isPlain == true, shape.first == 1, shape.dropFirst().first == layer.shape[0] else {
      return nil
    }
    return model.plan.channelwiseEnd(after: layer.name)
  }
}

/// The network after one of its values, for any number of arrays in its place.
struct RestOfNetwork: Sendable {
  let plans: PlanFamily
  private let bypassing: [String]

  init(after name: String, of whole: PlanFamily) throws {
    let remainder = try whole.single.remainder(after: name)
    bypassing = remainder.bypassing
    let (precision, engine) = (whole.single.precision, whole.single.engine)
    plans = PlanFamily(try Plan(remainder.graph, precision: precision, engine: engine), varying: 1) { images in
      guard let plan = whole.plan(for: images) else { throw GraphError.noSuchValue(name) }
      return try plan.remainder(after: name).graph
    }
  }

  /// The values that bypass the layer, as one image made them, for a number of images.
  func bypassing(for images: Int, value: (String) throws -> NDArray) throws -> [NDArray] {
    try bypassing.map { name in
      let one = try value(name)
      guard images > 1, let shape = plans.plan(for: images)?.shape(of: name), shape != one.shape else { return one }
      return one.repeated(images, shape: shape)
    }
  }
}

extension NDArray {
  /// What one image made, side by side for several, along the first axis that grows: a sequence may have its places before
  /// its images.
  fileprivate func repeated(_ images: Int, shape repeated: [Int]) -> NDArray {
    let axis = shape.indices.first { shape[$0] != repeated[$0] } ?? 0
    let inner = shape[axis...].reduce(1, *), scalars = scalars
    return NDArray(
      stride(from: 0, to: scalars.count, by: inner).flatMap { start in
        repeatElement(scalars[start..<start + inner], count: images).joined()
      }, shape: repeated)
  }
}

import AttributionKit
import GraphEngine
import Kernels
import Tensors

extension GraphTrace: PathTrace {
  func gradient(
    from start: Tensor, over nodes: [GaussLegendre.Node], to input: Layer, within bytes: Int,
    cotangents: (_ outputs: [Tensor]) throws -> Cotangents, progress: (Int) throws -> Void
  ) throws -> Tensor? {
    guard model.inputs.count == 1, input == model.input, let path = try Path(of: self, from: start) else { return nil }
    return try model.engine.run {
      let size = path.batchSize(of: nodes.count, within: bytes)
      var sum: NDArray?
      for first in stride(from: 0, to: nodes.count, by: size) {
        let part = nodes[first..<min(first + size, nodes.count)]
        let pulled = try path.pulled(Array(part), in: size, cotangents)
        if var total = sum.take() {
          try accumulate(pulled, into: &total)
          sum = total
        } else {
          sum = pulled
        }
        try progress(first + part.count)
      }
      return try sum.flatMap { try path.pullback($0) }?.tensor.reshaped(input.shape)
    }
  }
}

/// A path of images, as the network sees it behind its affine beginning: a path, too.
private struct Path {
  private let model: GraphModel
  /// Where the beginning ends.
  private let name: String
  private let rest: PlanFamily
  /// The beginning, run at both ends.
  private let ends: [Trace]

  /// `nil` where the network does not begin with weights, something bypasses them, or they end in parts of the image that
  /// lie where images do.
  init?(of trace: GraphTrace, from start: Tensor) throws {
    let model = trace.model
    guard let name = model.plan.endOfAffineBeginning else { return nil }
    let rest = try model.rest(after: name).plans
    let inputs = rest.single.graph.inputs
    guard inputs.map(\.name) == [name], inputs[0].shape.first == 1 else { return nil }
    let beginning = try model.plan.beginning(to: name), shape = model.plan.shape(of: model.input.name) ?? []
    ends = try [NDArray(start).reshaped(shape), trace.trace.value(named: model.input.name)].map {
      try beginning.trace([$0])
    }
    (self.model, self.name, self.rest) = (model, name, rest)
  }

  /// How many points are run at once, so that the last batch is nearly as full as the others.
  func batchSize(of count: Int, within bytes: Int) -> Int {
    let most = rest.gradientBatchSize(within: bytes), batches = (count + most - 1) / most
    let size = (count + batches - 1) / batches
    return rest.plan(for: size) == nil ? 1 : size
  }

  /// The weighted sum of the cotangents that points of the path bring to the end of the beginning.
  ///
  /// Fewer points than `size` are filled up with ones of no weight, so that there is one plan.
  func pulled(
    _ nodes: [GaussLegendre.Node], in size: Int, _ cotangents: (_ outputs: [Tensor]) throws -> Cotangents
  ) throws -> NDArray {
    let nodes = nodes + (nodes.count..<size).map { _ in .init(place: nodes[0].place, weight: 0) }
    guard let plan = rest.plan(for: size) else { preconditionFailure("a batch of \(size) has a plan") }
    let points = try points(
      from: ends[0].value(named: name), to: ends[1].value(named: name), at: nodes.map(\.place))
    let trace = try plan.trace([points.converted(to: plan.precision)])
    let outputs = model.outputs(in: try model.values.map { try trace.value(named: $0).tensor }, of: size)
    let each = try (0..<size).map { point in try cotangents(outputs.map { $0.channel(point) }) }
    let walk = try BackwardPass(through: trace, from: model.starts(each, in: plan), releasesValues: true)
    guard let pulled = try walk.cotangent(of: name) else {
      preconditionFailure("a pass that has just begun has passed \(name)")
    }
    return try weightedSum(pulled, nodes.map(\.weight))
  }

  /// From the end of the beginning to the image.
  func pullback(_ cotangent: NDArray) throws -> NDArray? {
    try BackwardPass(through: ends[1], from: name, cotangent: cotangent).cotangent(of: model.input.name)
  }
}

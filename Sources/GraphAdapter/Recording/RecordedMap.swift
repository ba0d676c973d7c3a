public import AttributionKit
public import GraphEngine
public import Kernels
import Tensors

/// A method's map as a graph of ONNX's operators, beside the network or with it.
public struct RecordedMap: Hashable, Sendable {
  /// The nodes that are added, in order.
  public let nodes: [WrittenNode]
  /// The constants that they read and the network does not have.
  public let constants: [String: WrittenConstant]
  /// The name of the map.
  public let output: String
  /// The map's shape, the images first.
  public let shape: WrittenShape
  /// The layer that the map is of.
  public let layer: Layer
  /// The network's own outputs by name, where the network is written with the map.
  public let outputs: [String: Written]
}

/// What a map is written for.
public struct RecordingRequest {
  /// The version of ONNX's operators.
  public var opset: Int
  /// Whether the number of images stays open.
  public var isBatchOpen: Bool
  /// Whether maps on a layer's grid are stretched to the size of the image.
  public var isStretched = false
  /// Whether the graph is given real numbers, and not whole ones that it makes real.
  public var isImageReal = true
  /// Whether the network's own outputs are written, too: where there is no graph beside this one.
  public var writesNetwork = false
  /// The name of the input that chooses the class, where one does.
  public var chosenClass = "limn_target"
  /// The values that the graph beside this one computes.
  public var existing: Set<String>
  /// Those of them that are truths or whole numbers.
  public var unreal: Set<String> = []
  /// The names of the weights that it holds.
  public var weight: (_ name: String, _ array: NDArray) -> String?

  /// A request for a graph beside one that has these values and weights.
  public init(
    opset: Int, isBatchOpen: Bool, existing: Set<String> = [],
    weight: @escaping (_ name: String, _ array: NDArray) -> String? = { _, _ in nil }
  ) {
    (self.opset, self.isBatchOpen, self.existing, self.weight) = (opset, isBatchOpen, existing, weight)
  }
}

extension GraphModel {
  /// Whether the same network can be had for several images at a time.
  public var takesBatches: Bool { plans.plan(for: 2) != nil }

  /// Writes the map that a method makes as a graph: its arithmetic is recorded, run after run, and must be the same each
  /// time, whatever the numbers.
  ///
  /// - Parameters:
  ///   - method: the method.
  ///   - target: what is explained.
  ///   - options: what is known beyond the numbers.
  ///   - request: what is written.
  /// - Returns: The graph.
  /// - Throws: ``GraphModelError/unrecorded(_:)`` where the method depends on numbers in a way that cannot be recorded,
  ///   ``GraphModelError/tooManyPasses(limit:)``, ``GraphModelError/unwritable(_:)`` where an operator cannot be written;
  ///   whatever the method throws.
  public func recorded(
    _ method: any AttributionMethod, for target: any Target, options: SessionOptions, _ request: RecordingRequest
  ) throws -> RecordedMap {
    guard [1, 3].contains(outputs[0].shape.count) else {
      throw GraphModelError.unwritable("the network is a detector, whose boxes are chosen by their scores")
    }
    let target = try RecordedTarget(target, classes: outputs[0].shape[0], link: outputs[0].link) ?? target
    let first = try recording(method, target, options, request, seed: 1)
    for seed in 2...UInt64(3) {
      let other = try recording(method, target, options, request, seed: seed)
      guard first != other else { continue }
      throw GraphModelError.unrecorded(
        "it decides by single numbers that it reads off what the network computes, which ONNX's operators do not say")
    }
    return first
  }

  /// The same for a class that is only known when the graph is run.
  public func recorded(
    _ method: any AttributionMethod, for target: OpenTarget, options: SessionOptions, _ request: RecordingRequest
  ) throws -> RecordedMap {
    try recorded(method, for: RecordedTarget(kind: .open(target)), options: options, request)
  }

  private func recording(
    _ method: any AttributionMethod, _ target: any Target, _ options: SessionOptions, _ request: RecordingRequest,
    seed: UInt64
  ) throws -> RecordedMap {
    let model = RecordedModel(self, seed: seed)
    let session = try ExplanationSession(
      of: model, on: model.noise(input.shape).recorded(from: NetworkSource.image), for: target, options: options)
    let attribution = try method.attribution(in: session)
    var values = attribution.values
    if request.isStretched, attribution.isMap, let grid = ImageGrid(input.shape) {
      values = values.resized(height: grid.height, width: grid.width)
    }
    guard values.record != nil else {
      throw GraphModelError.unrecorded("it computes its map number by number, and not by operations that ONNX has")
    }
    let writer = try ExpressionWriter(self, request, noise: model.noise)
    return try writer.map(values, on: attribution.layer)
  }
}

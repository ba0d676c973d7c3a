import GraphEngine
import Kernels

/// The operators of onnxruntime's domain `com.microsoft.nchwc`, whose images lie in memory in blocks of channels.
///
/// Only memory is blocked: shapes are those of `[N, C, H, W]` with `C` filled up to whole blocks by zeros. So images are
/// lowered as they would be without blocks, and the weights, which the file keeps blocked, are put back in order.
extension OperatorTable {
  /// `ReorderInput`: whole blocks of channels, from channels first or last.
  static func blocked(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let block = try graph.blockSize(for: call)
    let isChannelsLast = try call.attributes.flag("channels_last")
    let x = isChannelsLast ? try graph.channelsFirst(try call.input(0), for: call) : try call.input(0)
    guard x.shape.count == 4 else { throw call.malformed("\(spelled(x.shape)) is no image") }
    let missing = (block - x.shape[1] % block) % block
    if missing == 0 { return x }
    return try graph.add(Pad(before: [0, 0, 0, 0], after: [0, missing, 0, 0], mode: .constant(0)), [x], for: call)
  }

  /// `ReorderOutput`: the channels that mean something, first or last.
  static func unblocked(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    var x = try call.input(0)
    let channels = try call.attributes.integer("channels") ?? 0
    guard x.shape.count == 4, (1...x.shape[1]).contains(channels) else {
      throw call.malformed("\(spelled(x.shape)) does not have \(channels) channels")
    }
    if channels < x.shape[1] {
      let ends = [x.shape[0], channels, x.shape[2], x.shape[3]]
      x = try graph.add(Slice(starts: [0, 0, 0, 0], ends: ends, steps: [1, 1, 1, 1]), [x], for: call)
    }
    return try call.attributes.flag("channels_last") ? graph.channelsLast(x, for: call) : x
  }

  /// `Conv` with blocked weights, a residual and an activation.
  static func blockedConvolution(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let block = try graph.blockSize(for: call)
    guard let weights = try call.constant(1, "its weights"), weights.shape.count == 4 else {
      throw call.malformed("it has no weights")
    }
    guard let ordered = BlockedWeights(weights, block: block)?.ordered else {
      throw call.malformed("weights of \(spelled(weights.shape)) have no blocks of \(block)")
    }
    return try fusedConvolution(call, weights: .constant(ordered, name: ""), bias: call.optionalInput(2), &graph)
  }

  /// `Upsample` by whole numbers.
  static func blockedUpsampling(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    guard let scales = try call.attributes.integers("scales") else { throw call.malformed("it has no scales") }
    let factors = Constant(reals: scales.map { Float($0) }, shape: [scales.count])
    let mode = try call.attributes.string("coordinate_transformation_mode") ?? "asymmetric"
    let attributes: [String: Attributes.Value] = [
      "scales": .other, "coordinate_transformation_mode": .string(mode), "nearest_mode": .string("floor"),
    ]
    let inputs = [try call.input(0), nil, .constant(factors, name: "")]
    return try resize(call.with(inputs: inputs, as: "Resize", opset: 13, attributes: attributes), &graph)
  }
}

extension Lowering {
  fileprivate func blockSize(for call: OperatorCall) throws(ONNXError) -> Int {
    guard let channelBlock else { throw call.unsupported("the size of its blocks cannot be told") }
    return channelBlock
  }
}

/// Weights in blocks of output channels and, unless the input has less than a block of them, of input channels:
/// `[O/b, I/b, h, w, b, b]` or `[O/b, I, h, w, b]` under the shape `[O, I, h, w]`.
struct BlockedWeights {
  let weights: Constant
  let block: Int
  /// How many input channels lie together.
  private let inner: Int

  init?(_ weights: Constant, block: Int) {
    guard weights.shape.count == 4, weights.shape[0] % block == 0 else { return nil }
    inner = weights.shape[1] < block ? 1 : block
    guard weights.shape[1] % inner == 0 else { return nil }
    (self.weights, self.block) = (weights, block)
  }

  /// The weights as `[O, I, h, w]`, put in order once for all graphs of the model.
  var ordered: Constant? {
    guard case .reals(let array) = weights.values else { return nil }
    let arrays = array.derived("in order of blocks of \(block)", from: []) {
      let scalars = array.scalars
      return [NDArray(placesInOrder.map { scalars[$0] }, shape: weights.shape).asConstant()]
    }
    return Constant(reals: arrays[0])
  }

  /// Where in the blocked memory the scalars of `[O, I, h, w]` lie, in that order.
  var placesInOrder: [Int] {
    let (outputs, inputs) = (weights.shape[0], weights.shape[1])
    let window = weights.shape[2] * weights.shape[3]
    var places: [Int] = []
    places.reserveCapacity(weights.count)
    for output in 0..<outputs {
      for input in 0..<inputs {
        for position in 0..<window {
          let row = (output / block * (inputs / inner) + input / inner) * window + position
          places.append((row * inner + input % inner) * block + output % block)
        }
      }
    }
    return places
  }
}

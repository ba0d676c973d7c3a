import GraphEngine
import Kernels

/// Activations and sums into which onnxruntime's optimiser has taken a bias.
extension OperatorTable {
  /// `BiasGelu`, `FastGelu`: a function of the input and a bias, which may be missing.
  static func biased(_ function: UnaryFunction) -> Lower {
    { (call, graph) throws(ONNXError) in
      let x = try graph.sum([try call.input(0), call.optionalInput(1)], for: call)
      return try graph.add(ElementwiseFunction(function), [x], for: call)
    }
  }

  /// `QuickGelu`: `x·σ(1.702 x)` unless the file says otherwise.
  static func quickGelu(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    try graph.gated(try call.input(0), by: try call.attributes.real("alpha") ?? 1.702, for: call)
  }

  /// `BiasAdd`, and `BiasDropout`, which drops nothing once trained: input, bias and what is added besides.
  static func biasedSum(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    if let isTraining = try call.scalar(4, "its training mode"), isTraining != 0 {
      throw call.unsupported("it is in training mode; export the network after calling eval()")
    }
    return try graph.sum([try call.input(0), call.optionalInput(1), call.optionalInput(2)], for: call)
  }

  /// `BiasSplitGelu`: of the biased input's last axis, the first half times the GELU of the second.
  static func biasedSplitGelu(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try graph.sum([try call.input(0), call.optionalInput(1)], for: call)
    guard let width = x.shape.last, width % 2 == 0 else {
      throw call.malformed("\(spelled(x.shape)) cannot be halved")
    }
    let left = try graph.part(0..<(width / 2), ofLastAxisOf: x, for: call)
    let right = try graph.part((width / 2)..<width, ofLastAxisOf: x, for: call)
    let gate = try graph.add(ElementwiseFunction(.gelu), [right], for: call)
    return try graph.add(Arithmetic(.multiply), [left, gate], for: call)
  }

  /// `BiasSoftmax`: over all axes from `axis` on together, as a softmax of opset 12 sees them.
  static func biasedSoftmax(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try graph.sum([try call.input(0), call.optionalInput(1)], for: call)
    return try softmax(call.with(inputs: [x], opset: 12), &graph)
  }
}

extension Lowering {
  /// The sum of what is there, which broadcasts.
  mutating func sum(_ terms: [Value?], for call: OperatorCall) throws(ONNXError) -> Value {
    let terms = terms.compactMap { $0 }
    var result = terms[0]
    for term in terms.dropFirst() { result = try add(Arithmetic(.add), [result, term], for: call) }
    return result
  }

  /// Some positions of the last axis.
  mutating func part(
    _ range: Range<Int>, ofLastAxisOf x: Value, for call: OperatorCall
  ) throws(ONNXError) -> Value {
    var (starts, ends) = (x.shape.map { _ in 0 }, x.shape)
    starts[starts.count - 1] = range.lowerBound
    ends[ends.count - 1] = range.upperBound
    return try add(Slice(starts: starts, ends: ends, steps: x.shape.map { _ in 1 }), [x], for: call)
  }
}

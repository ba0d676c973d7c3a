import GraphEngine

/// Operators whose images onnxruntime keeps as `[N, H, W, C]`.
extension OperatorTable {
  /// An operator of images `[N, C, H, W]` for a file that has channels last: input 0, and those of `further` images,
  /// are turned before, the result behind it.
  static func channelsLast(further: [Int] = [], _ lower: @escaping Lower) -> Lower {
    { (call, graph) throws(ONNXError) in
      var inputs = call.inputs
      for index in [0] + further {
        guard let image = call.optionalInput(index) else { continue }
        inputs[index] = try graph.channelsFirst(image, for: call)
      }
      return try graph.channelsLast(try lower(call.with(inputs: inputs), &graph), for: call)
    }
  }

  /// The same where an attribute says that channels come last.
  static func eitherOrder(_ lower: @escaping Lower) -> Lower {
    { (call, graph) throws(ONNXError) in
      try call.attributes.flag("channels_last") ? channelsLast(lower)(call, &graph) : lower(call, &graph)
    }
  }
}

extension Lowering {
  /// `[N, H, W, C]` as `[N, C, H, W]`, with any number of spatial axes.
  mutating func channelsFirst(_ x: Value, for call: OperatorCall) throws(ONNXError) -> Value {
    let last = try spatialRank(of: x, for: call) + 1
    return try add(Transpose(permutation: [0, last] + (1..<last)), [x], for: call)
  }

  /// `[N, C, H, W]` as `[N, H, W, C]`, with any number of spatial axes.
  mutating func channelsLast(_ x: Value, for call: OperatorCall) throws(ONNXError) -> Value {
    let last = try spatialRank(of: x, for: call) + 1
    return try add(Transpose(permutation: [0] + (2...last) + [1]), [x], for: call)
  }

  private func spatialRank(of x: Value, for call: OperatorCall) throws(ONNXError) -> Int {
    guard x.shape.count >= 3 else { throw call.malformed("\(spelled(x.shape)) has no spatial axes") }
    return x.shape.count - 2
  }
}

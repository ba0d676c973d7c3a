import GraphEngine
import Kernels

extension OperatorTable {
  /// `Conv`: the kernel's extents are those of the weights, whatever `kernel_shape` says.
  static func convolution(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let inputs = try call.weightedInputs()
    return try convolved(inputs[0], inputs[1], bias: inputs.count > 2 ? inputs[2] : nil, call, &graph)
  }

  /// A convolution with the node's attributes of values at hand; the weights and the bias must be known beforehand.
  static func convolved(
    _ x: Value, _ weights: Value, bias: Value?, _ call: OperatorCall, _ graph: inout Lowering,
    as type: ElementType? = nil, named stem: String? = nil
  ) throws(ONNXError) -> Value {
    try call.check(weights, fit: x)
    let windows = try call.windows(over: x.shape, kernel: Array(weights.shape.dropFirst(2)))
    let groups = try call.groups()
    guard x.shape[1] == weights.shape[1] * groups, weights.shape[0] % groups == 0 else {
      throw call.malformed(
        "\(x.shape[1]) channels in \(groups) groups do not fit weights of \(spelled(weights.shape))")
    }
    let geometry = ConvolutionGeometry(
      strides: windows.strides, dilations: windows.dilations, paddingBefore: windows.before,
      paddingAfter: windows.after, groups: groups)
    return try graph.add(
      Convolution(geometry), [x, weights] + (bias.map { [$0] } ?? []), for: call, as: type, named: stem)
  }
}

extension OperatorCall {
  /// The constant weights of a convolution over a value of as many axes.
  func weights(for x: Value) throws(ONNXError) -> Constant {
    guard let weights = try constant(1, "its weights") else { throw malformed("it has no weights") }
    try check(try input(1), fit: x)
    return weights
  }

  /// - Throws: Where weights depend on the image, or have other axes than a convolution over `x` needs.
  func check(_ weights: Value, fit x: Value) throws(ONNXError) {
    guard weights.constant != nil else { throw unsupported("its weights depend on the image") }
    guard weights.shape.count == x.shape.count, x.shape.count >= 3, !weights.shape.contains(0) else {
      throw malformed("weights of \(spelled(weights.shape)) do not fit an input of \(spelled(x.shape))")
    }
  }

  /// The input, the weights and, where there is one, the bias; both known beforehand.
  func weightedInputs() throws(ONNXError) -> [Value] {
    var values = [try input(0), try input(1)]
    if try constant(2, "its bias") != nil { values.append(try input(2)) }
    return values
  }

  func groups() throws(ONNXError) -> Int {
    let groups = try attributes.integer("group") ?? 1
    guard (1...(1 << 20)).contains(groups) else { throw malformed("it has \(groups) groups") }
    return groups
  }
}

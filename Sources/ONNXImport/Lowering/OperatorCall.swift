/// A node with its inputs resolved: what an operator's importer reads.
struct OperatorCall {
  let node: FileNode
  /// The version of the node's operator set.
  let opset: Int
  /// `nil` for optional inputs left out.
  let inputs: [Value?]
  /// The network's inputs, other than images, on which these depend: for errors.
  var sources: [String] = []

  var attributes: Attributes { node.attributes }

  /// The same call with other inputs, read as another operator or under another opset where these are given.
  func with(
    inputs: [Value?], as type: String? = nil, opset: Int? = nil, attributes: [String: Attributes.Value] = [:]
  ) -> OperatorCall {
    OperatorCall(
      node: node.reread(as: type, with: attributes), opset: opset ?? self.opset, inputs: inputs, sources: sources)
  }

  /// What the file calls the node's result.
  var resultName: String { node.outputs.first { !$0.isEmpty } ?? node.name }

  func input(_ index: Int) throws(ONNXError) -> Value {
    guard let value = optionalInput(index) else { throw malformed("its input \(index) is missing") }
    return value
  }

  func optionalInput(_ index: Int) -> Value? { index < inputs.count ? inputs[index] : nil }

  /// Whether the file asks for this output.
  func hasOutput(_ index: Int) -> Bool { index < node.outputs.count && !node.outputs[index].isEmpty }

  /// The input, which must be known beforehand; `role` says what it means, for the error: `the new shape`.
  func constant(_ index: Int, _ role: String) throws(ONNXError) -> Constant? {
    guard let value = optionalInput(index) else { return nil }
    guard let constant = value.constant else {
      guard let source = sources.first else {
        throw unsupported("\(role) depends on the image; export the network with fixed shapes")
      }
      throw unsupported("\(role) depends on the input '\(source)'; give that input an array")
    }
    return constant
  }

  /// The integers of an input known beforehand; `nil` where it is left out.
  func integers(_ index: Int, _ role: String) throws(ONNXError) -> [Int]? {
    guard let constant = try constant(index, role) else { return nil }
    guard let integers = constant.integers else { throw malformed("\(role) must be integers") }
    return integers
  }

  /// The single number of an input known beforehand; `nil` where it is left out.
  func scalar(_ index: Int, _ role: String) throws(ONNXError) -> Float? {
    guard let constant = try constant(index, role) else { return nil }
    guard constant.count == 1 else { throw malformed("\(role) must be one number") }
    return constant.reals[0]
  }

  /// Integers that are an attribute in earlier opsets and an input in later ones.
  func integers(attribute: String, orInput index: Int, _ role: String) throws(ONNXError) -> [Int]? {
    if let integers = try integers(index, role) { return integers }
    return try attributes.integers(attribute)
  }

  /// A number that is an attribute in earlier opsets and an input in later ones.
  func real(attribute: String, orInput index: Int, _ role: String) throws(ONNXError) -> Float? {
    if let real = try scalar(index, role) { return real }
    return try attributes.real(attribute)
  }

  /// An axis counted from the front, its negative form resolved.
  func axis(_ axis: Int, rank: Int) throws(ONNXError) -> Int {
    guard axis >= -rank, axis < rank else { throw malformed("it has no axis \(axis) among \(rank)") }
    return axis < 0 ? axis + rank : axis
  }

  /// Distinct axes counted from the front.
  func axes(_ axes: [Int], rank: Int) throws(ONNXError) -> [Int] {
    var resolved: [Int] = []
    for axis in axes {
      let axis = try self.axis(axis, rank: rank)
      if resolved.contains(axis) { throw malformed("it names axis \(axis) twice") }
      resolved.append(axis)
    }
    return resolved
  }

  func malformed(_ reason: String) -> ONNXError { .malformedNode(node: node.label, reason: reason) }

  func unsupported(_ reason: String) -> ONNXError {
    .unsupportedUse(node: "\(node.label) (opset \(opset))", reason: reason)
  }
}

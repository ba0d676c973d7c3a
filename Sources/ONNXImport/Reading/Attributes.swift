/// The attributes of a node, their tensors converted.
struct Attributes: Sendable {
  enum Value: Sendable {
    case real(Float)
    case integer(Int)
    case string(String)
    case tensor(Constant)
    case reals([Float])
    case integers([Int])
    case strings([String])
    /// Boxed, since graphs hold nodes that hold attributes.
    indirect case graph(FileGraph)
    /// A kind that no operator read here has.
    case other
  }

  private let values: [String: Value]
  /// How errors name the node.
  let node: String

  init(_ attributes: [Limn_Onnx_AttributeProto], of node: String, tensors: TensorReader) throws(ONNXError) {
    var values: [String: Value] = [:]
    for attribute in attributes { values[attribute.name] = try Self.value(attribute, tensors) }
    self.values = values
    self.node = node
  }

  private init(_ values: [String: Value], of node: String) { (self.values, self.node) = (values, node) }

  /// The same attributes, some of them with other values.
  func replacing(_ changes: [String: Value]) -> Attributes {
    Attributes(values.merging(changes) { _, new in new }, of: node)
  }

  subscript(name: String) -> Value? { values[name] }

  func integer(_ name: String) throws(ONNXError) -> Int? {
    guard let value = values[name] else { return nil }
    guard case .integer(let integer) = value else { throw wrongKind(name, "an integer") }
    return integer
  }

  func flag(_ name: String, default flag: Bool = false) throws(ONNXError) -> Bool {
    try integer(name).map { $0 != 0 } ?? flag
  }

  func real(_ name: String) throws(ONNXError) -> Float? {
    guard let value = values[name] else { return nil }
    guard case .real(let real) = value else { throw wrongKind(name, "a number") }
    return real
  }

  func string(_ name: String) throws(ONNXError) -> String? {
    guard let value = values[name] else { return nil }
    guard case .string(let string) = value else { throw wrongKind(name, "a string") }
    return string
  }

  func integers(_ name: String) throws(ONNXError) -> [Int]? {
    guard let value = values[name] else { return nil }
    guard case .integers(let integers) = value else { throw wrongKind(name, "a list of integers") }
    return integers
  }

  func reals(_ name: String) throws(ONNXError) -> [Float]? {
    guard let value = values[name] else { return nil }
    guard case .reals(let reals) = value else { throw wrongKind(name, "a list of numbers") }
    return reals
  }

  func tensor(_ name: String) throws(ONNXError) -> Constant? {
    guard let value = values[name] else { return nil }
    guard case .tensor(let tensor) = value else { throw wrongKind(name, "a tensor") }
    return tensor
  }

  func graph(_ name: String) throws(ONNXError) -> FileGraph? {
    guard let value = values[name] else { return nil }
    guard case .graph(let graph) = value else { throw wrongKind(name, "a graph") }
    return graph
  }

  /// The graphs inside the node.
  var graphs: [FileGraph] { values.values.compactMap { if case .graph(let graph) = $0 { graph } else { nil } } }

  private func wrongKind(_ name: String, _ kind: String) -> ONNXError {
    .malformedNode(node: node, reason: "its attribute '\(name)' is not \(kind)")
  }

  private static func value(
    _ attribute: Limn_Onnx_AttributeProto, _ tensors: TensorReader
  ) throws(ONNXError) -> Value {
    switch attribute.type {
    case 1: .real(attribute.f)
    case 2: .integer(Int(attribute.i))
    case 3: .string(String(decoding: attribute.s, as: UTF8.self))
    case 4: .tensor(try tensors.constant(attribute.t))
    case 5: .graph(try FileGraph(attribute.g, tensors: tensors))
    case 6: .reals(attribute.floats)
    case 7: .integers(attribute.ints.map { Int($0) })
    case 8: .strings(attribute.strings.map { String(decoding: $0, as: UTF8.self) })
    case 0: try untypedValue(attribute, tensors)
    default: .other
    }
  }

  /// Files older than IR version 2 leave the type out: it is the field that is filled.
  private static func untypedValue(
    _ attribute: Limn_Onnx_AttributeProto, _ tensors: TensorReader
  ) throws(ONNXError) -> Value {
    if !attribute.ints.isEmpty { return .integers(attribute.ints.map { Int($0) }) }
    if !attribute.floats.isEmpty { return .reals(attribute.floats) }
    if !attribute.s.isEmpty { return .string(String(decoding: attribute.s, as: UTF8.self)) }
    if attribute.hasT { return .tensor(try tensors.constant(attribute.t)) }
    if attribute.f != 0 { return .real(attribute.f) }
    return .integer(Int(attribute.i))
  }
}

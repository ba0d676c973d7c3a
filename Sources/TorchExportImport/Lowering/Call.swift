import GraphEngine
import Kernels

/// An operator with what it is given: what its importer reads.
struct Call {
  let node: ProgramNode
  /// The layer that asks for it, or else the value.
  let layer: String
  /// By the names in the operator's schema.
  private let named: [String: Value]
  let ordered: [Value]
  /// How many times as many images are lowered as the file declares.
  let widening: Int

  init(_ node: ProgramNode, layer: String, _ arguments: [(name: String, value: Value)], widening: Int = 1) {
    (self.node, self.layer, self.widening) = (node, layer, widening)
    named = Dictionary(arguments.map { ($0.name, $0.value) }) { first, _ in first }
    ordered = arguments.map(\.value)
  }

  /// How errors name the operator.
  var label: String { "\(node.operatorName) in '\(elided(layer, to: 100))'" }

  func malformed(_ reason: String) -> TorchExportError { .malformedNode(node: label, reason: reason) }
  func unsupported(_ reason: String) -> TorchExportError { .unsupportedUse(label, reason: reason) }

  /// What stands under a name of the schema; `.none` where it is left out.
  subscript(_ name: String) -> Value { named[name] ?? .none }

  /// A tensor; numbers are tensors without a shape.
  func tensor(_ name: String = "self") throws(TorchExportError) -> TensorValue {
    guard let value = try optionalTensor(name) else { throw malformed("its argument '\(name)' is missing") }
    return value
  }

  func optionalTensor(_ name: String) throws(TorchExportError) -> TensorValue? {
    switch self[name] {
    case .none: nil
    case .tensor(let tensor): tensor
    case .integer(let number): TensorValue(Double(number), kind: .integer)
    case .real(let number): TensorValue(number)
    case .truth(let truth): TensorValue(truth ? 1 : 0, kind: .truth)
    default: throw malformed("its argument '\(name)' is no tensor")
    }
  }

  /// The tensor that the operator is about, which schemas call `self` or `input`.
  func subject() throws(TorchExportError) -> TensorValue { try tensor(self["self"].isNone ? "input" : "self") }

  func tensors(_ name: String) throws(TorchExportError) -> [TensorValue] {
    guard case .list(let list) = self[name] else { throw malformed("its argument '\(name)' is no list") }
    var tensors: [TensorValue] = []
    for value in list {
      guard case .tensor(let tensor) = value else { throw malformed("its argument '\(name)' is no list of tensors") }
      tensors.append(tensor)
    }
    return tensors
  }

  func integer(_ name: String, _ standard: Int? = nil) throws(TorchExportError) -> Int {
    if self[name].isNone, let standard { return standard }
    guard let number = self[name].integer else {
      throw unsupported("its argument '\(name)' is no number that is known before the network runs")
    }
    return number
  }

  /// Whole numbers; a single one stands for a list of one.
  func integers(_ name: String, _ standard: [Int]? = nil) throws(TorchExportError) -> [Int] {
    switch self[name] {
    case .none:
      if let standard { return standard }
    case .list(let list):
      let numbers = list.compactMap(\.integer)
      if numbers.count == list.count { return numbers }
    case let value:
      if let number = value.integer { return [number] }
    }
    throw unsupported("its argument '\(name)' is no list of numbers that are known before the network runs")
  }

  func real(_ name: String, _ standard: Double? = nil) throws(TorchExportError) -> Float {
    if self[name].isNone, let standard { return Float(standard) }
    guard let number = self[name].number else {
      throw unsupported("its argument '\(name)' is no number that is known before the network runs")
    }
    return Float(number)
  }

  func truth(_ name: String, _ standard: Bool = false) throws(TorchExportError) -> Bool {
    switch self[name] {
    case .none: return standard
    case let value:
      guard let number = value.number else { throw malformed("its argument '\(name)' is no truth") }
      return number != 0
    }
  }

  func text(_ name: String, _ standard: String) -> String {
    if case .text(let text) = self[name] { text } else { standard }
  }

  /// An axis counted from the front.
  func axis(_ axis: Int, rank: Int) throws(TorchExportError) -> Int {
    guard axis >= -max(rank, 1), axis < max(rank, 1) else { throw malformed("it has no axis \(axis) among \(rank)") }
    return axis < 0 ? axis + max(rank, 1) : axis
  }

  func axis(_ name: String = "dim", _ standard: Int? = nil, of x: TensorValue) throws(TorchExportError) -> Int {
    try axis(try integer(name, standard), rank: x.shape.count)
  }

  /// Distinct axes in ascending order; all of them where none are named.
  func axes(_ name: String = "dim", of x: TensorValue) throws(TorchExportError) -> [Int] {
    let named = try integers(name, [])
    if named.isEmpty { return Array(x.shape.indices) }
    var axes: Set<Int> = []
    for number in named { axes.insert(try axis(number, rank: x.shape.count)) }
    return axes.sorted()
  }

  /// A number for each spatial axis; a single one stands for all.
  func spatial(_ name: String, rank: Int, _ standard: [Int]) throws(TorchExportError) -> [Int] {
    let numbers = try integers(name, standard)
    if numbers.isEmpty { return standard.count == rank ? standard : Array(repeating: standard[0], count: rank) }
    let all = numbers.count == 1 ? Array(repeating: numbers[0], count: rank) : numbers
    guard all.count == rank, all.allSatisfy({ abs($0) < 1 << 24 }) else {
      throw malformed("its '\(name)' does not name \(rank) axes")
    }
    return all
  }
}

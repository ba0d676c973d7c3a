/// A value that a pickle describes.
///
/// Texts and bytes are ranges of the pickle, and whatever holds others is a node by its
/// number, so that a value takes a few bytes however large what it stands for is.
enum PickleValue: Sendable {
  case none
  case boolean(Bool)
  case integer(Int)
  case real(Double)
  /// UTF-8 at a place of the pickle.
  case text(Range<Int>)
  case bytes(Range<Int>)
  case node(Int)
}

/// What holds values in a pickle.
///
/// Nodes refer to each other by number, so that none is too deep to be let go of.
final class PickleNode {
  enum Kind: Sendable {
    /// A list, a tuple or a set.
    case sequence
    /// `items` are the keys, `values` what stands under them.
    case dictionary
    /// `items` are the module's name and the name of a class or function in it.
    case global
    /// What Python would make by calling `items[0]` with `items[1]`; nothing is called here.
    case record
    /// What lies elsewhere, described by `items[0]`.
    case persistent
    /// A whole number beyond 64 bits.
    case large
  }

  let kind: Kind
  var items: [PickleValue]
  var values: [PickleValue]
  /// What a record was given after it was made.
  var state: PickleValue = .none

  init(_ kind: Kind, _ items: [PickleValue] = [], values: [PickleValue] = []) {
    self.kind = kind
    self.items = items
    self.values = values
  }
}

/// Why a pickle cannot be read, as words that follow "it": "ends in the middle of a text".
package struct PickleError: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}

/// What a pickle holds.
struct PickledData {
  let root: PickleValue
  let nodes: [PickleNode]
  let bytes: UnsafeRawBufferPointer

  subscript(value: PickleValue) -> PickleNode? {
    if case .node(let number) = value { nodes[number] } else { nil }
  }

  func text(_ value: PickleValue) -> String? {
    switch value {
    case .text(let range), .bytes(let range): String(decoding: bytes[range], as: UTF8.self)
    default: nil
    }
  }

  func integer(_ value: PickleValue) -> Int? {
    switch value {
    case .integer(let number): number
    case .boolean(let truth): truth ? 1 : 0
    default: nil
    }
  }

  func number(_ value: PickleValue) -> Double? {
    if case .real(let number) = value { number } else { integer(value).map(Double.init) }
  }

  /// The values of a list or tuple.
  func sequence(_ value: PickleValue) -> [PickleValue]? {
    guard let node = self[value], node.kind == .sequence else { return nil }
    return node.items
  }

  /// The whole numbers of a list or tuple.
  func integers(_ value: PickleValue) -> [Int]? {
    guard let sequence = sequence(value) else { return nil }
    let numbers = sequence.compactMap(integer)
    return numbers.count == sequence.count ? numbers : nil
  }

  /// The name of a class or function with its module's: `torch.FloatStorage`.
  func name(ofGlobal value: PickleValue) -> String? {
    guard let node = self[value], node.kind == .global, let module = text(node.items[0]),
      let name = text(node.items[1])
    else { return nil }
    return module + "." + name
  }

  /// What would have been called to make a record.
  func callee(of node: PickleNode) -> String? { node.kind == .record ? name(ofGlobal: node.items[0]) : nil }

  /// The keys and values of a dictionary, or of a record that is one with more to it.
  func pairs(_ value: PickleValue) -> [(key: String, value: PickleValue)]? {
    guard let node = self[value], node.kind == .dictionary else { return nil }
    return zip(node.items, node.values).compactMap { key, value in text(key).map { ($0, value) } }
  }

  /// What stands under a name in a dictionary.
  func value(_ name: String, of dictionary: PickleValue) -> PickleValue? {
    pairs(dictionary)?.last { $0.key == name }?.value
  }
}

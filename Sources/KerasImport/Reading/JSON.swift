import Foundation

/// A value of a Keras configuration.
enum JSON: Hashable, Sendable {
  case null
  /// Booleans are 0 and 1, as in Python.
  case number(Double)
  case string(String)
  case array([JSON])
  case object([String: JSON])

  /// Decodes a text; `nil` where it is no JSON.
  init?(_ data: Data) {
    guard let value = try? JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed) else { return nil }
    self.init(value)
  }

  private init(_ value: Any) {
    switch value {
    case let text as String: self = .string(text)
    case let number as NSNumber: self = .number(number.doubleValue)
    case let list as [Any]: self = .array(list.map(JSON.init))
    case let members as [String: Any]: self = .object(members.mapValues(JSON.init))
    default: self = .null
    }
  }

  /// A member of an object; null where there is none.
  subscript(_ key: String) -> JSON {
    guard case .object(let members) = self else { return .null }
    return members[key] ?? .null
  }

  var text: String? { if case .string(let text) = self { text } else { nil } }
  var list: [JSON]? { if case .array(let list) = self { list } else { nil } }
  var members: [String: JSON]? { if case .object(let members) = self { members } else { nil } }
  var real: Double? { if case .number(let number) = self { number } else { nil } }
  var isNull: Bool { self == .null }

  /// A whole number small enough to calculate extents with.
  var integer: Int? {
    guard case .number(let number) = self, number == number.rounded(), abs(number) <= Double(1 << 31) else {
      return nil
    }
    return Int(number)
  }

  /// The numbers of a list of any depth, in order, or the one number; `nil` where anything else is among them.
  var reals: [Double]? {
    switch self {
    case .number(let number): return [number]
    case .array(let list):
      var all: [Double] = []
      for element in list {
        guard let reals = element.reals else { return nil }
        all += reals
      }
      return all
    default: return nil
    }
  }
}

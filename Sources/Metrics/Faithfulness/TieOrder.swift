import AttributionKit
public import Tensors

/// Which of pixels that matter alike comes first.
public enum TieOrder: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  /// The first of them, row by row.
  case first
  /// The last of them, as where an ascending order is turned around.
  case last

  public var description: String { rawValue }

  /// The places of a map, those of the greatest values first.
  public func order(of map: Tensor) -> [Int] {
    switch self {
    case .first: map.descendingOrder()
    case .last: (-map).descendingOrder().reversed()
    }
  }
}

extension Parameter {
  /// Which of equal pixels comes first.
  static func ties(_ ties: any WritableKeyPath<Method, TieOrder> & Sendable) -> Parameter {
    Parameter("ties", ties, help: "which of pixels of equal rank comes first", among: TieOrder.allCases)
  }
}

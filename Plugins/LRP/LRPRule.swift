import AttributionKit

/// A rule of LRP by name.
public enum LRPRule: Hashable, Sendable {
  /// `ε`, by default the method's.
  case epsilon(Float?)
  case gamma(Float)
  case zPlus
  case alphaBeta(Float, Float)
  case zBox
  case flat
  case wSquare
  case pass

  func relevance(epsilon: Float, bounds: PixelBounds?) -> Relevance {
    switch self {
    case .epsilon(let own): .epsilon(own ?? epsilon)
    case .gamma(let gamma): .gamma(gamma)
    case .zPlus: .zPlus
    case .alphaBeta(let alpha, let beta): .alphaBeta(alpha, beta)
    case .zBox: bounds?.rule ?? .wSquare
    case .flat: .flat
    case .wSquare: .wSquare
    case .pass: .pass
    }
  }
}

extension LRPRule: LosslessStringConvertible {
  public init?(_ description: String) {
    let name = description.prefix { $0 != "(" }, rest = description.dropFirst(name.count)
    guard rest.isEmpty || (rest.first == "(" && rest.last == ")") else { return nil }
    let words = rest.dropFirst().dropLast().split(separator: ",").map { $0.filter { $0 != " " } }
    let numbers = words.compactMap { Float($0) }.filter { $0.isFinite && $0 >= 0 }
    guard numbers.count == words.count else { return nil }
    switch (name, numbers.count) {
    case ("epsilon", 0): self = .epsilon(nil)
    case ("epsilon", 1): self = .epsilon(numbers[0])
    case ("gamma", 0): self = .gamma(0.25)
    case ("gamma", 1): self = .gamma(numbers[0])
    case ("z-plus", 0): self = .zPlus
    // Relevance is kept where α − β = 1.
    case ("alpha-beta", 2) where abs(numbers[0] - numbers[1] - 1) < 1e-4: self = .alphaBeta(numbers[0], numbers[1])
    case ("z-box", 0): self = .zBox
    case ("flat", 0): self = .flat
    case ("w-square", 0): self = .wSquare
    case ("pass", 0): self = .pass
    default: return nil
    }
  }

  public var description: String {
    switch self {
    case .epsilon(nil): "epsilon"
    case .epsilon(let epsilon?): "epsilon(\(epsilon))"
    case .gamma(let gamma): "gamma(\(gamma))"
    case .zPlus: "z-plus"
    case .alphaBeta(let alpha, let beta): "alpha-beta(\(alpha),\(beta))"
    case .zBox: "z-box"
    case .flat: "flat"
    case .wSquare: "w-square"
    case .pass: "pass"
    }
  }
}

/// The layer a class activation mapping weighs the channels of.
public enum TargetLayer: Hashable, Sendable {
  /// The deepest spatial activation that the score depends on, before pooling: the papers' choice, made by the model's
  /// adapter.
  case automatic
  /// The layer of this name, the only one matching this glob (`features.*`), or, counted
  /// among the layers whose operator or name begins so, the `conv[2]` or from the end the `conv[-1]`.
  case matching(String)
}

extension TargetLayer: LosslessStringConvertible {
  public init(_ description: String) { self = description == "automatic" ? .automatic : .matching(description) }

  public var description: String {
    switch self {
    case .automatic: "automatic"
    case .matching(let pattern): pattern
    }
  }
}

/// Something that a method asks of a network.
///
/// A need is known by its ``identifier``; plugins add needs of their own:
///
///     extension Need {
///       static let gates = Need("gates", words: "gated layers") { _, model in
///         model.layers.contains { $0.operatorName == "Sigmoid" }
///           ? nil : "the network has no gate; use grad-cam, which needs none"
///       }
///     }
public struct Need: Sendable {
  /// What reports call it, in lower case with hyphens: `spatial-layer`.
  public let identifier: String
  /// What people call it, in mid-sentence: "a spatial layer".
  public let words: String

  private let check: @Sendable (_ method: any AttributionMethod, _ model: any ModelAdapter) -> String?

  /// A need that `check` holds a model against.
  ///
  /// - Parameters:
  ///   - identifier: In lower case with hyphens.
  ///   - words: In mid-sentence.
  ///   - check: `nil` where the model has what the method needs, or else a clause that says why not and what to use
  ///     instead, without capital or full stop. It must be quick beside a pass of the network.
  public init(
    _ identifier: String, words: String,
    check: @escaping @Sendable (_ method: any AttributionMethod, _ model: any ModelAdapter) -> String?
  ) {
    self.identifier = identifier
    self.words = words
    self.check = check
  }

  /// Why `model` does not have what `method` needs, in a clause with the remedy; `nil` where it has.
  public func unmet(by model: any ModelAdapter, for method: any AttributionMethod) -> String? { check(method, model) }
}

extension Need: Hashable {
  public static func == (lhs: Need, rhs: Need) -> Bool { lhs.identifier == rhs.identifier }

  public func hash(into hasher: inout Hasher) { hasher.combine(identifier) }
}

extension Need: CustomStringConvertible {
  public var description: String { words }
}

/// A need that a network does not meet, and why.
public struct UnmetNeed: Hashable, Sendable {
  public let need: Need
  /// A clause with the remedy, without capital or full stop.
  public let reason: String
}

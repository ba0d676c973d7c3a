/// What kind of evidence a method goes by; lists are grouped by it.
public struct MethodFamily: Hashable, Sendable {
  /// The word that users type for all its methods, in lower case: `gradients`.
  public let identifier: String
  /// What its methods have in common, as a heading.
  public let title: String

  public init(_ identifier: String, title: String) {
    self.identifier = identifier
    self.title = title
  }

  /// Weighted sums of a layer's channels.
  public static let cams = MethodFamily("cams", title: "Class activation maps")
  /// Derivatives of the score by the pixels, and sums of them along paths.
  public static let gradients = MethodFamily("gradients", title: "Gradients")
  /// The score handed back layer by layer, each by a rule.
  public static let propagation = MethodFamily("propagation", title: "Relevance propagation")
  /// Scores of images that were changed.
  public static let perturbation = MethodFamily("perturbation", title: "Perturbation")
  /// What tokens attend to.
  public static let transformers = MethodFamily("transformers", title: "Attention")
  /// Maps that owe nothing to the answer, which any other must beat.
  public static let controls = MethodFamily("controls", title: "Controls")
  /// Those that name no family.
  public static let other = MethodFamily("other", title: "Other methods")
}

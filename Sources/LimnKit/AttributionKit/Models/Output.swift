/// One of the outputs of a network.
public struct Output: Hashable, Sendable {
  public let name: String
  /// The shape for one image, as targets see it.
  public let shape: [Int]
  public let kind: Kind

  /// What the numbers of an output mean.
  public enum Kind: Hashable, Sendable {
    /// A score for each class, `[classes]`, before they become probabilities.
    case classes(ProbabilityLink)
    /// A score for each class at each place of the image, `[classes, height, width]`, before they become probabilities.
    case places(ProbabilityLink)
    /// A vector that stands for the image, `[features]`.
    case embedding
    /// Boxes around objects, a row for each.
    case boxes
    /// Numbers of which nothing more is known.
    case numbers
  }

  public init(_ name: String, shape: [Int], kind: Kind) {
    self.name = name
    self.shape = shape
    self.kind = kind
  }

  /// A score for each of so many classes.
  public static func classes(_ count: Int, _ link: ProbabilityLink = .softmax, named name: String = "logits") -> Output
  {
    Output(name, shape: [count], kind: .classes(link))
  }

  /// How its scores become probabilities; `nil` where they are no scores of classes.
  public var link: ProbabilityLink? {
    switch kind {
    case .classes(let link), .places(let link): link
    case .embedding, .boxes, .numbers: nil
    }
  }
}

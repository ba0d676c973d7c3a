public import AttributionKit
import Tensors

/// Class sensitivity: how alike the map is to that of another class, which it should not be.
///
///     s(a(y), a(y')),    y' = argmin z
///
/// `y'` is the class with the least logit, or the one with the greatest beside the class explained.
public struct ClassSensitivity: AttributionMetric {
  public var other: Other
  public var similarity: MapSimilarity

  /// The class held against the one explained.
  public enum Other: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// The one with the least logit.
    case least
    /// The one with the greatest logit besides.
    case next

    public var description: String { rawValue }
  }

  public init(other: Other = .least, similarity: MapSimilarity = .spearman) {
    (self.other, self.similarity) = (other, similarity)
  }

  /// The method's, for another class.
  public func cost(ofJudging method: any AttributionMethod, on model: (any ModelAdapter)?) -> Cost {
    method.cost(on: model).retargeted(1)
  }

  /// - Throws: ``AttributionError/notAnImage(_:)``; whatever the method throws.
  public func result(for explanation: Explanation) throws -> MetricResult {
    let others = try explanation.session.otherClasses()
    guard let index = other == .least ? others.last : others.first else { return .ofNoOtherClass }
    let rival = try explanation.retargeted(toClass: index)
    guard
      let value = similarity.similarity(of: try explanation.importance(), and: try rival.importance())
    else { return .ofFlatMap }
    return MetricResult(value, remarks: ["held against class \(index)"])
  }
}

extension ClassSensitivity {
  public static let descriptor = MetricDescriptor(
    "class-sensitivity", title: "Class sensitivity", family: .sanity,
    summary: "How alike the maps of the class explained and of the least likely one are.",
    citation: "Rebuffi, Fong, Ji & Vedaldi, CVPR 2020, arXiv:2004.02866", better: .lower, range: -1...1,
    prototype: ClassSensitivity(),
    parameters: [
      Parameter("other", \.other, help: "the class held against the one explained", among: Other.allCases),
      .similarity(\.similarity),
    ])
}

import AttributionKit
import Tensors

extension Parameter {
  /// How two maps are compared.
  static func similarity(_ similarity: any WritableKeyPath<Method, MapSimilarity> & Sendable) -> Parameter {
    Parameter("similarity", similarity, help: "how maps are compared", among: MapSimilarity.allCases)
  }
}

extension ExplanationSession {
  /// The classes that the target could be about in place of its own, the likeliest first; none where it is about no class.
  ///
  /// - Throws: Whatever the model throws.
  func otherClasses() throws -> [Int] {
    guard score.classIndex != nil, let scores = try? classScores else { return [] }
    return scores.descendingOrder().filter { $0 != score.classIndex && $0 != score.contrastIndex }
  }
}

extension MetricResult {
  static let ofNoOtherClass = MetricResult.undefined("there is no other class that the score could be about")
  static let ofFlatMap = MetricResult.undefined("one of the maps is the same everywhere")
}

import AttributionKit
import Tensors

extension Parameter {
  /// How two maps are compared.
  static func similarity(_ similarity: any WritableKeyPath<Method, MapSimilarity> & Sendable) -> Parameter {
    Parameter("similarity", similarity, help: "how maps are compared", among: MapSimilarity.allCases)
  }
}

extension MetricResult {
  static let ofNoOtherClass = MetricResult.undefined("there is no other class that the score could be about")
  static let ofFlatMap = MetricResult.undefined("one of the maps is the same everywhere")
}

import AttributionKit
@_exported public import FaithfulnessMetrics

extension MetricCatalog {
  /// Whether what the map shows decides the score.
  static let faithfulness: [MetricDescriptor] = [
    Insertion.descriptor,
    Deletion.descriptor,
  ]
}

import AttributionKit
@_exported public import AxiomsMetrics

extension MetricCatalog {
  /// Whether the map obeys what an axiom demands.
  static let axioms: [MetricDescriptor] = [
    CompletenessGap.descriptor,
    NonSensitivity.descriptor,
    InputInvariance.descriptor,
  ]
}

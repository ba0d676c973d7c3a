import AttributionKit
@_exported public import SanityMetrics

extension MetricCatalog {
  /// Whether the map owes anything to the network and to the class asked about.
  static let sanity: [MetricDescriptor] = [
    ClassSensitivity.descriptor,
    RandomLogit.descriptor,
    ModelRandomization.descriptor,
    EfficientMPRT.descriptor,
  ]
}

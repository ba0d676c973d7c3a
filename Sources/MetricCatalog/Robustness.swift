import AttributionKit
@_exported public import RobustnessMetrics

extension MetricCatalog {
  /// Whether small changes of the image leave the map as it is.
  static let robustness: [MetricDescriptor] = [
    MaxSensitivity.descriptor,
    AverageSensitivity.descriptor,
    LocalLipschitz.descriptor,
    RelativeInputStability.descriptor,
    RelativeOutputStability.descriptor,
    FlipConsistency.descriptor,
  ]
}

import AttributionKit
@_exported public import LocalizationMetrics

extension MetricCatalog {
  /// Whether the map lies on the object.
  static let localization: [MetricDescriptor] = [
    PointingGame.descriptor,
    EnergyPointingGame.descriptor,
    RelevanceMass.descriptor,
    RelevanceRank.descriptor,
    TopKIntersection.descriptor,
    AUC.descriptor,
    IoU.descriptor,
    GridPointingGame.descriptor,
    Focus.descriptor,
  ]
}

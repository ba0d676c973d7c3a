import AttributionKit
@_exported public import FaithfulnessMetrics

extension MetricCatalog {
  /// Whether what the map shows decides the score.
  static let faithfulness: [MetricDescriptor] = [
    Insertion.descriptor,
    Deletion.descriptor,
    ROAD.descriptor,
    AverageDrop.descriptor,
    AverageIncrease.descriptor,
    AverageGain.descriptor,
    Infidelity.descriptor,
    PixelFlipping.descriptor,
    RegionPerturbation.descriptor,
    IROF.descriptor,
    FaithfulnessCorrelation.descriptor,
    MuFidelity.descriptor,
    SensitivityN.descriptor,
    SIC.descriptor,
    AIC.descriptor,
    Sufficiency.descriptor,
  ]
}

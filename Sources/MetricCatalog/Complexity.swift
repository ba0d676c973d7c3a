import AttributionKit
@_exported public import ComplexityMetrics

extension MetricCatalog {
  /// Whether the map singles out little.
  static let complexity: [MetricDescriptor] = [
    Sparseness.descriptor,
    Complexity.descriptor,
    EffectiveComplexity.descriptor,
    MapComplexity.descriptor,
    Coherency.descriptor,
    ADCC.descriptor,
  ]
}

public import AttributionKit
import Tensors

/// Map complexity: how much of the image the map lights up.
///
///     ‖m‖₁ / N,    m = L / max L
///
/// `L` is the evidence as it is drawn, over `N` pixels (Poppi et al., eq. 7).
public struct MapComplexity: AttributionMetric {
  /// Whether the map is stretched from its least value to its greatest first, as pytorch-grad-cam has it.
  public var stretched: Bool

  public init(stretched: Bool = false) { self.stretched = stretched }

  /// - Throws: ``AttributionError/notAnImage(_:)``.
  public func result(for explanation: Explanation) throws -> MetricResult {
    guard let mask = try explanation.mask() else { return .undefined("nothing in the map speaks for the score") }
    return MetricResult((stretched ? mask.scaledToUnit() : mask).meanAndDeviation().mean)
  }
}

extension MapComplexity {
  public static let descriptor = MetricDescriptor(
    "map-complexity", title: "Map complexity", family: .complexity,
    summary: "How much of the image the map lights up.",
    citation: "Poppi et al., CVPR Workshops 2021, arXiv:2104.10252", better: .lower, range: 0...1,
    prototype: MapComplexity(),
    parameters: [
      Parameter(
        "stretched", \.stretched, help: "whether the map is stretched from its least value to its greatest first",
        expected: "true or false")
    ])
}

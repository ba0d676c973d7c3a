#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
public import AttributionKit

/// Complexity: the entropy of the map's size over the pixels.
///
///     H = −Σᵢ pᵢ ln pᵢ,    pᵢ = |aᵢ| / Σⱼ |aⱼ|
///
/// Pixels at zero add nothing (Bhatt et al., definition 4).
public struct Complexity: AttributionMetric {
  public init() {}

  /// - Throws: ``AttributionError/notAnImage(_:)``.
  public func result(for explanation: Explanation) throws -> MetricResult {
    try explanation.measured { sizes in
      let total = sizes.reduce(0.0) { $0 + Double($1) }
      let entropy = sizes.reduce(0.0) { sum, size in
        let p = Double(size) / total
        return p > 0 ? sum - p * log(p) : sum
      }
      return MetricResult(Float(entropy))
    }
  }
}

extension Complexity {
  public static let descriptor = MetricDescriptor(
    "complexity", title: "Complexity", family: .complexity,
    summary: "How widely the map's size is spread over the pixels, by its entropy in nats.",
    citation: "Bhatt, Weller & Moura, IJCAI 2020, arXiv:2005.00631", better: .lower, range: 0 ... .infinity,
    prototype: Complexity())
}

public import AttributionKit
import Tensors

/// Coherency: whether the method, shown only what its map shows, draws the same map again.
///
///     (1 + ρ(m, m′)) / 2,    m = M(x),    m′ = M(m ⊙ x + (1 − m) ⊙ x₀)
///
/// `ρ` is Pearson's correlation over the pixels, `m` the evidence divided by its maximum (Poppi et al., eq. 6).
public struct Coherency: AttributionMetric {
  public var baseline: Baseline

  public init(baseline: Baseline = .black) { self.baseline = baseline }

  /// A forward pass, and what the method takes.
  public func cost(ofJudging method: any AttributionMethod, on model: (any ModelAdapter)?) -> Cost {
    method.cost(on: model).repeated(onInputs: 1)
  }

  /// - Throws: ``AttributionError/notAnImage(_:)``, ``AttributionError/unknownColors(_:)`` of the baseline; whatever the
  ///   method throws.
  public func result(for explanation: Explanation) throws -> MetricResult {
    guard let mask = try explanation.mask() else { return .undefined("nothing in the map speaks for the score") }
    return try explanation.repeated(through: mask, over: baseline).coherency(with: mask)
      .remarking(explanation.remarks(on: baseline))
  }
}

extension Explanation {
  /// How like the mask that the image was seen through the map of what was seen is.
  fileprivate func coherency(with mask: Tensor) throws -> MetricResult {
    guard let again = try self.mask() else {
      return .undefined("nothing speaks for the score in the map of what the map shows")
    }
    guard let correlation = Correlation.pearson(mask.scalars, again.scalars) else {
      return .undefined("a map that prefers no pixel correlates with none")
    }
    return MetricResult((1 + correlation) / 2)
  }
}

extension Coherency {
  public static let descriptor = MetricDescriptor(
    "coherency", title: "Coherency", family: .complexity,
    summary: "Whether the method draws the same map of what its map shows.",
    citation: "Poppi et al., CVPR Workshops 2021, arXiv:2104.10252", better: .higher, range: 0...1,
    prototype: Coherency(),
    parameters: [
      Parameter("baseline", \.baseline, help: "what stands where the map is zero", expected: Baseline.expected)
    ])
}

public import AttributionKit
import Tensors

/// SIC, the softmax information curve: how soon the class's probability comes back as the blurred image is made sharp where
/// the map is strongest, over the information in it.
///
///     ∫₀¹ p(i) di
///
/// `i` and `p` are the shares of the way from the blurred image to the image itself in information and in probability.
public struct SIC: AttributionMetric {
  public var baseline: Baseline
  public var seed: UInt64

  public init(baseline: Baseline = .blur, seed: UInt64 = 0) { (self.baseline, self.seed) = (baseline, seed) }

  /// A forward pass for each share of the pixels, and one for the blurred image.
  public func cost(ofJudging method: any AttributionMethod, on model: (any ModelAdapter)?) -> Cost {
    .forward(InformationCurve.passes)
  }

  /// - Throws: ``AttributionError/notAnImage(_:)``, ``AttributionError/unknownColors(_:)`` of the baseline.
  public func result(for explanation: Explanation) throws -> MetricResult {
    let (scored, unit) = try explanation.session.scaled(to: .probability)
    let cover = try explanation.session.baseline(baseline, seed: seed)
    return try InformationCurve(
      of: explanation, in: scored, over: cover, named: Self.descriptor.identifier, of: "share of the \(unit)"
    ).result(remarks: explanation.remarks(on: baseline))
  }
}

extension SIC {
  public static let descriptor = MetricDescriptor(
    "sic", title: "SIC", family: .faithfulness,
    summary: "How soon the probability comes back with the information in the image, the strongest pixels first.",
    citation: "Kapishnikov, Bolukbasi, Viégas & Terry, ICCV 2019, arXiv:1906.02825", better: .higher, range: 0...1,
    prototype: SIC(), parameters: [.baseline(\.baseline), .seed(\.seed, of: "the noise of a baseline")])
}

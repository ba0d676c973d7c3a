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
  func coherency(with mask: Tensor) throws -> MetricResult {
    guard let again = try self.mask() else {
      return .undefined("nothing speaks for the score in the map of what the map shows")
    }
    guard let correlation = mask.correlation(with: again) else {
      return .undefined("a map that prefers no pixel correlates with none")
    }
    return MetricResult((1 + correlation) / 2)
  }
}

extension MetricResult {
  /// The same with remarks before its own.
  func remarking(_ remarks: [String]) -> MetricResult {
    value.map { MetricResult($0, curves: curves, remarks: remarks + self.remarks) } ?? self
  }
}

extension Tensor {
  /// Pearson's correlation; `nil` where all numbers of one of the two are equal.
  fileprivate func correlation(with other: Tensor) -> Float? {
    guard !isFlat, !other.isFlat else { return nil }
    func centered(_ tensor: Tensor) -> [Double] {
      let mean = tensor.scalars.reduce(0.0) { $0 + Double($1) } / Double(tensor.scalars.count)
      return tensor.scalars.map { Double($0) - mean }
    }
    let (a, b) = (centered(self), centered(other))
    let (covariance, squares) = zip(a, b).reduce((0.0, (0.0, 0.0))) { sums, pair in
      (sums.0 + pair.0 * pair.1, (sums.1.0 + pair.0 * pair.0, sums.1.1 + pair.1 * pair.1))
    }
    return Float(min(max(covariance / (squares.0 * squares.1).squareRoot(), -1), 1))
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

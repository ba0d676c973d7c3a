public import AttributionKit
public import Masks
import Tensors

/// Kernel SHAP: the Shapley values of superpixels, as the coefficients of a weighed linear regression.
///
///     argmin Σ_z π(z)·(y(z) − y(0) − φ·z)²,    Σⱼ φⱼ = y(1) − y(0),    π(z) = (M−1) / (C(M,|z|)·|z|·(M−|z|))    (theorem 2)
///
/// `z` says which of the `M` superpixels are shown. Where there are no more than `samples` choices of them all are taken,
/// and the values are exact; otherwise choices are drawn as often as `π` says, each with its opposite.
public struct KernelSHAP: AttributionMethod {
  public var samples: Int
  public var superpixels: Superpixels
  public var segments: Int
  public var baseline: Baseline
  public var seed: UInt64

  public init(
    samples: Int = 500, superpixels: Superpixels = .slic, segments: Int = 50, baseline: Baseline = .mean,
    seed: UInt64 = 0
  ) {
    self.samples = samples
    self.superpixels = superpixels
    self.segments = segments
    self.baseline = baseline
    self.seed = seed
  }

  /// A forward pass for each sample, fewer where there are not as many choices, and one for the baseline.
  public func cost(on model: (any ModelAdapter)?) -> Cost { .forward(samples + 1) }

  /// A map of the image's pixels, in which each has its share of its superpixel's value.
  ///
  /// - Throws: ``AttributionError/unusableParameter(_:value:method:expected:)``, ``AttributionError/notAnImage(_:)``.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    guard samples > 1 else {
      throw AttributionError.unusableParameter(
        "samples", value: "\(samples)", method: "kernel-shap", expected: "a whole number from 2")
    }
    let regions = superpixels.segmentation(of: try session.picture, count: segments), sizes = regions.sizes
    let coalitions = Coalitions(of: regions.count, count: samples, seed: seed)
    let choices = [Array(repeating: false, count: regions.count)] + coalitions.choices
    let scores = try session.scores(ofMasks: choices.count, over: session.baseline(baseline, seed: seed)) {
      regions.mask(showing: choices[$0])
    }
    let values = coalitions.shapleyValues(
      of: scores.dropFirst().map { $0 - scores[0] }, whole: session.score.value - scores[0])
    let map = regions.map(of: zip(values, sizes).map { $0 / Float($1) })
    return Attribution(
      map, at: session.inputLayer,
      facts: [
        .completeness(Completeness(of: map, expected: session.score.value - scores[0])),
        .remark("\(regions.count) superpixels"),
      ] + session.facts(on: baseline))
  }
}

extension KernelSHAP {
  public static let descriptor = MethodDescriptor(
    "kernel-shap", title: "Kernel SHAP", family: .perturbation,
    summary: "Each superpixel's Shapley value: its mean share in the score, whatever others are shown.",
    citation: "Lundberg & Lee, NeurIPS 2017, arXiv:1705.07874", needs: [], prototype: KernelSHAP(),
    parameters: [
      Parameter(
        "samples", \.samples, help: "how many choices of superpixels are looked at",
        expected: "a whole number from 2 to 100000"
      ) { (2...100_000).contains($0) },
      Parameter("superpixels", \.superpixels, help: "how the image is cut up", expected: Superpixels.expected),
      Parameter(
        "segments", \.segments, help: "about how many superpixels there are", expected: "a whole number from 1 to 2000"
      ) { (1...2000).contains($0) },
      Parameter("baseline", \.baseline, help: "what superpixels are covered with", expected: Baseline.expected),
      Parameter("seed", \.seed, help: "the number that decides the samples", expected: "a whole number from 0"),
    ])
}

public import AttributionKit
public import Masks
import Tensors

/// LIME: the linear function of superpixels, shown or covered, that is most like the score near the image.
///
///     argmin Σᵢ π(zᵢ)·(y(zᵢ) − c − w·zᵢ)² + α|w|²,    π(z) = exp(−D(z)²/σ²)^½              (eqs. 1 and 2)
///
/// `z` says which superpixels are shown, and `D` is the cosine distance from showing all of them.
public struct LIME: AttributionMethod {
  public var samples: Int
  public var superpixels: Superpixels
  public var segments: Int
  public var kernelWidth: Float
  public var penalty: Double
  public var baseline: Baseline
  public var seed: UInt64

  public init(
    samples: Int = 500, superpixels: Superpixels = .slic, segments: Int = 50, kernelWidth: Float = 0.25,
    penalty: Double = 1, baseline: Baseline = .mean, seed: UInt64 = 0
  ) {
    self.samples = samples
    self.superpixels = superpixels
    self.segments = segments
    self.kernelWidth = kernelWidth
    self.penalty = penalty
    self.baseline = baseline
    self.seed = seed
  }

  /// A forward pass for each sample but the image itself.
  public func cost(on model: (any ModelAdapter)?) -> Cost { .forward(samples) }

  /// A map of the image's pixels, in which each has the coefficient of its superpixel.
  ///
  /// - Throws: ``AttributionError/unusableParameter(_:value:method:expected:)``, ``AttributionError/notAnImage(_:)``.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    guard samples > 0 else {
      throw AttributionError.unusableParameter(
        "samples", value: "\(samples)", method: "lime", expected: "a whole number from 1")
    }
    let regions = superpixels.segmentation(of: try session.picture, count: segments)
    let random = RandomSegmentMasks(of: regions, probability: 0.5, seed: seed)
    let scores = try session.scores(ofMasks: samples, over: session.baseline(baseline, seed: seed)) { random[$0] }
    let facts: [Fact] = [.remark("\(regions.count) superpixels")] + session.facts(on: baseline)
    let pixels = Array(try session.picture.shape.suffix(2))
    if let settled = Attribution(
      judgingBy: [session.score.value] + scores, shape: pixels, at: session.inputLayer, facts: facts)
    {
      return settled
    }
    // The image itself is a sample, too: the one where all is shown.
    let shown = [Array(repeating: true, count: regions.count)] + (0..<samples).map(random.choice)
    let fit = LinearRegression(
      of: [session.score.value] + scores, by: shown.map { $0.map { $0 ? 1 : 0 } }, weights: shown.map(weight),
      penalty: penalty)
    return Attribution(regions.map(of: fit.coefficients), at: session.inputLayer, facts: facts)
  }

  /// `π`; of the angle between `z` and all ones, the cosine is the root of the share that is shown.
  func weight(_ shown: [Bool]) -> Float {
    let share = Float(shown.count { $0 }) / Float(max(shown.count, 1))
    let distance = Double(1 - share.squareRoot()) / Double(kernelWidth)
    return Tensor([Float(-distance * distance / 2)], shape: [1]).exponentials()[0]
  }
}

extension LIME {
  public static let descriptor = MethodDescriptor(
    "lime", title: "LIME", family: .perturbation,
    summary: "Superpixels by their weight in the linear function that is most like the network near the image.",
    citation: "Ribeiro, Singh & Guestrin, KDD 2016, arXiv:1602.04938", needs: [], prototype: LIME(),
    parameters: [
      Parameter(
        "samples", \.samples, help: "how many choices of superpixels are looked at",
        expected: "a whole number from 1 to 100000"
      ) { (1...100_000).contains($0) },
      Parameter("superpixels", \.superpixels, help: "how the image is cut up", expected: Superpixels.expected),
      Parameter(
        "segments", \.segments, help: "about how many superpixels there are", expected: "a whole number from 1 to 2000"
      ) { (1...2000).contains($0) },
      Parameter(
        "kernel-width", \.kernelWidth, help: "how far from the image samples count", expected: "a number above 0"
      ) { $0 > 0 && $0.isFinite },
      Parameter("penalty", \.penalty, help: "the price of large weights", expected: "a number from 0") {
        $0 >= 0 && $0.isFinite
      },
      Parameter("baseline", \.baseline, help: "what superpixels are covered with", expected: Baseline.expected),
      Parameter("seed", \.seed, help: "the number that decides the samples", expected: "a whole number from 0"),
    ])
}

import Tensors

/// SmoothGrad: the mean of a method's attributions of noisy copies of the input.
///
///     M(x) = 1/n Σᵢ m(x + εᵢ),   εᵢ ~ N(0, σ²),   σ = noise · (max x − min x)      (section 3)
///
/// Every copy is explained for the target that the session has on the input itself. Source: Smilkov et al., "SmoothGrad:
/// removing noise by adding noise", ICML workshop 2017, arXiv:1706.03825; of Grad-CAM++ it makes Smooth Grad-CAM++,
/// arXiv:1908.01224.
public struct Smooth: AttributionMethod {
  public let method: any AttributionMethod
  /// How many copies, one or more.
  public var samples: Int
  /// The standard deviation of the noise, as a share of the input's range.
  public var noise: Float
  public var seed: UInt64

  public init(_ method: any AttributionMethod, samples: Int = 25, noise: Float = 0.15, seed: UInt64 = 0) {
    precondition(samples > 0, "a mean needs a sample")
    self.method = method
    self.samples = samples
    self.noise = noise
    self.seed = seed
  }

  /// - Throws: ``AttributionError/incompatibleGrids(_:_:)`` where the method's grid depends on the input.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    let x = session.input
    let deviation = noise * ((x.scalars.max() ?? 0) - (x.scalars.min() ?? 0))
    var seeds = SplitMix64(seed: seed)
    var sum = SumOfAttributions()
    for sample in 0..<samples {
      session.report(passes: sample, of: samples)
      let copy = x + deviation * Tensor(gaussianNoise: x.shape, seed: seeds.next())
      try sum.add(method.attribution(in: session.repeated(on: copy)))
    }
    return sum.mean
  }
}

/// Attributions of one method for several inputs, added up.
private struct SumOfAttributions {
  private var count = 0
  private var values = Tensor(repeating: 0, shape: [1, 1])
  private var last: Attribution?
  /// What the completeness of each expects, added up; `nil` once one has none.
  private var expected: Float? = 0
  /// What was remarked on every one of them.
  private var remarks: [String] = []

  mutating func add(_ attribution: Attribution) throws {
    if let last, last.values.shape != attribution.values.shape {
      throw AttributionError.incompatibleGrids(last.values.shape, attribution.values.shape)
    }
    values = last == nil ? attribution.values : values + attribution.values
    remarks = last == nil ? attribution.remarks : remarks.filter(attribution.remarks.contains)
    expected = attribution.completeness.flatMap { one in expected.map { $0 + one.expected } }
    last = attribution
    count += 1
  }

  var mean: Attribution {
    guard let last else { preconditionFailure("a mean needs a sample") }
    let mean = 1 / Float(count) * values
    return Attribution(
      mean, at: last.layer, coverage: last.coverage,
      completeness: expected.map { Completeness(of: mean, expected: $0 / Float(count)) }, remarks: remarks)
  }
}

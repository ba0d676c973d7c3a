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
    self.method = method
    self.samples = samples
    self.noise = noise
    self.seed = seed
  }

  /// Those of the method on each copy: none is shared with the session on the input itself.
  public func cost(on model: (any ModelAdapter)?) -> Cost { method.cost(on: model).repeated(onInputs: samples) }

  /// - Throws: ``AttributionError/unusableParameter(_:value:method:expected:)`` for less than one copy;
  ///   ``AttributionError/incompatibleGrids(_:_:)`` where the method's grid depends on the input.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    guard samples > 0 else {
      throw AttributionError.unusableParameter(
        "samples", value: "\(samples)", method: "smooth", expected: "a whole number from 1")
    }
    let x = session.input
    let deviation = noise * ((x.scalars.max() ?? 0) - (x.scalars.min() ?? 0))
    var seeds = SplitMix64(seed: seed)
    func copy(_ sample: Int) throws -> Attribution {
      try session.report(passes: sample, of: samples)
      let copy = x + deviation * Tensor(gaussianNoise: x.shape, seed: seeds.next())
      return try method.attribution(in: session.repeated(on: copy))
    }
    let first = try copy(0)
    var (sum, facts) = (first.values, [first.facts])
    for sample in 1..<max(1, samples) {
      let next = try copy(sample)
      guard next.values.shape == sum.shape else {
        throw AttributionError.incompatibleGrids(sum.shape, next.values.shape)
      }
      sum = sum + next.values
      facts.append(next.facts)
    }
    let mean = 1 / Float(samples) * sum
    return Attribution(mean, at: first.layer, facts: .mean(of: facts, values: mean))
  }
}

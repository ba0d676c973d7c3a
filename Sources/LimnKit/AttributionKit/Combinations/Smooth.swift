import Tensors

/// SmoothGrad: the mean of a method's attributions of noisy copies of the input; also their mean square or variance.
///
///     M(x) = 1/n Σᵢ m(x + εᵢ),   εᵢ ~ N(0, σ²),   σ = noise · (max x − min x)      (section 3)
///
/// Every copy is explained for the target that the session has on the input itself. Source: Smilkov et al., "SmoothGrad:
/// removing noise by adding noise", ICML workshop 2017, arXiv:1706.03825; of Grad-CAM++ it makes Smooth Grad-CAM++,
/// arXiv:1908.01224. The other ``Statistic``s are SmoothGrad² (Hooker et al., NeurIPS 2019, arXiv:1806.10758) and VarGrad
/// (Adebayo et al., ICLR workshop 2018, arXiv:1810.03307).
public struct Smooth: AttributionMethod {
  public let method: any AttributionMethod
  /// How many copies, one or more.
  public var samples: Int
  /// The standard deviation of the noise, as a share of the input's range.
  public var noise: Float
  public var seed: UInt64
  /// What is made of the copies' attributions.
  public var statistic: Statistic

  /// A number made of those of all copies, at each place.
  public enum Statistic: String, Hashable, Sendable, CaseIterable, LosslessStringConvertible {
    /// `1/n Σ mᵢ`: SmoothGrad.
    case mean
    /// `1/n Σ mᵢ²`: SmoothGrad².
    case square
    /// `1/n Σ (mᵢ − m̄)²`: VarGrad.
    case variance

    public init?(_ description: String) { self.init(rawValue: description) }

    public var description: String { rawValue }
  }

  public init(
    _ method: any AttributionMethod, samples: Int = 25, noise: Float = 0.15, seed: UInt64 = 0,
    statistic: Statistic = .mean
  ) {
    self.method = method
    self.samples = samples
    self.noise = noise
    self.seed = seed
    self.statistic = statistic
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
    let deviation = noise * (x.greatest() - x.least())
    var seeds = SplitMix64(seed: seed)
    var moments: Moments?, layer = session.inputLayer, facts: [[Fact]] = []
    for sample in 0..<samples {
      try session.report(passes: sample, of: samples)
      let copy = x + deviation * Tensor(gaussianNoise: x.shape, seed: seeds.next())
      let next = try method.attribution(in: session.repeated(on: copy))
      var so = moments ?? Moments(of: statistic, shape: next.values.shape)
      try so.add(next.values)
      (moments, layer) = (so, next.layer)
      facts.append(next.facts)
    }
    let values = moments?.result ?? Tensor(repeating: 0, shape: x.shape)
    let merged = [Fact].mean(of: facts, values: values)
    return Attribution(values, at: layer, facts: statistic == .mean ? merged : merged.withoutSums())
  }
}

/// Adds up tensors for one statistic of theirs.
private struct Moments {
  private let statistic: Smooth.Statistic
  private var count = 0
  /// Of the tensors; of their squares; or of their squared distances from the mean.
  private var sum: Tensor
  private var mean: Tensor

  init(of statistic: Smooth.Statistic, shape: [Int]) {
    self.statistic = statistic
    sum = Tensor(repeating: 0, shape: shape)
    mean = sum
  }

  mutating func add(_ values: Tensor) throws {
    guard values.shape == sum.shape else { throw AttributionError.incompatibleGrids(sum.shape, values.shape) }
    count += 1
    switch statistic {
    case .mean: sum = count == 1 ? values : sum + values
    case .square: sum = sum + values * values
    case .variance:
      // By Welford's recursion: the difference of two large squares would lose the small one between them.
      let distance = values - mean
      mean = mean + 1 / Float(count) * distance
      sum = sum + distance * (values - mean)
    }
  }

  var result: Tensor { 1 / Float(max(1, count)) * sum }
}

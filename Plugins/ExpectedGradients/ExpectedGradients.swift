public import AttributionKit
import Tensors

/// Expected gradients: integrated gradients from many baselines at once, one random place on the path from each.
///
///     M = E_{x′, α} [(x − x′) ⊙ ∂y/∂x (x′ + α·(x − x′))],   α ~ U(0, 1)                     (section 2.2)
///
/// With pictures like those the network was trained on for `x′`, no single colour stands for absence. Known as GradientSHAP,
/// too.
public struct ExpectedGradients: AttributionMethod {
  public var samples: Int
  public var references: References
  public var seed: UInt64

  public init(samples: Int = 50, references: References = .noise, seed: UInt64 = 0) {
    self.samples = samples
    self.references = references
    self.seed = seed
  }

  /// A forward and a backward pass for each sample, and a forward pass for each reference.
  public func cost(on model: (any ModelAdapter)?) -> Cost {
    .forward(samples) + .backward(samples)
      + (references == .noise ? .forward(samples) : .forward(per: Cost.Unit("picture in the folder")))
  }

  /// Its completeness says how nearly the values add up to `y(x) − E y(x′)`.
  ///
  /// - Throws: ``AttributionError/unusableParameter(_:value:method:expected:)`` for less than one sample;
  ///   ``AttributionError/cannotReadPictures(_:)``, ``AttributionError/noPictures(_:)``.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    guard samples > 0 else {
      throw AttributionError.unusableParameter(
        "samples", value: "\(samples)", method: "expected-gradients", expected: "a whole number from 1")
    }
    let x = session.input, pictures = try session.pictures(of: references, count: samples, seed: seed)
    var generator = SplitMix64(seed: seed ^ 0x5851_F42D_4C95_7F2D)
    let draws = (0..<samples).map { sample in
      // Each of the noises once; of a folder's pictures any.
      let picture = references == .noise ? sample : Int(generator.next() % UInt64(pictures.count))
      return (picture: picture, place: generator.uniform())
    }
    var sum = Tensor(repeating: 0, shape: x.shape)
    try session.inputGradients(of: samples) {
      let start = pictures[draws[$0].picture]
      return start + draws[$0].place * (x - start)
    } each: { index, gradient in
      sum = sum + (x - pictures[draws[index].picture]) * gradient
    }
    let values = 1 / Float(samples) * sum
    let scores = try session.scores(of: pictures.count) { pictures[$0] }
    let usual = Float(draws.reduce(0.0) { $0 + Double(scores[$1.picture]) } / Double(samples))
    return Attribution(
      values, at: session.inputLayer,
      facts: [.completeness(Completeness(of: values, expected: session.score.value - usual))])
  }
}

extension ExpectedGradients {
  public static let descriptor = MethodDescriptor(
    "expected-gradients", title: "Expected gradients", family: .gradients,
    summary: "Each pixel's share in the score's rise above that of ordinary pictures; GradientSHAP.",
    citation: "Erion et al., Nature Machine Intelligence 2021, arXiv:1906.10670", needs: [.gradients],
    prototype: ExpectedGradients(),
    parameters: [
      Parameter(
        "samples", \.samples, help: "how many gradients the expectation is taken from",
        expected: "a whole number from 1 to 10000"
      ) { (1...10_000).contains($0) },
      Parameter(
        "references", \.references, help: "the pictures that stand for the ordinary", expected: References.expected),
      Parameter("seed", \.seed, help: "the number that decides what is drawn", expected: "a whole number from 0"),
    ])
}

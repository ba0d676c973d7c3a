public import AttributionKit
import Masks
import Tensors

/// MFPP: RISE with fragments of the image, fine and coarse, in place of a grid's cells.
///
///     M(λ) = 1/(p·N) Σᵢ (y(x ⊙ mᵢ) − ȳ)·mᵢ(λ)                         (eq. 2, less the mean score ȳ)
///
/// The masks take turns among segmentations of the image, each into more fragments than the one before.
public struct MFPP: AttributionMethod {
  public var masks: Int
  public var levels: FragmentCounts
  public var probability: Float
  public var seed: UInt64

  public init(
    masks: Int = 500, levels: FragmentCounts = FragmentCounts([50, 100, 200, 400, 800]), probability: Float = 0.5,
    seed: UInt64 = 0
  ) {
    self.masks = masks
    self.levels = levels
    self.probability = probability
    self.seed = seed
  }

  /// A forward pass for each mask.
  public func cost(on model: (any ModelAdapter)?) -> Cost { .forward(masks) }

  /// A map of the image's pixels.
  ///
  /// - Throws: ``AttributionError/unusableParameter(_:value:method:expected:)``, ``AttributionError/notAnImage(_:)``.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    func unusable(_ name: String, _ value: Any, _ expected: String) -> AttributionError {
      .unusableParameter(name, value: "\(value)", method: "mfpp", expected: expected)
    }
    guard masks > 0 else { throw unusable("masks", masks, "a whole number from 1") }
    guard !levels.counts.isEmpty else { throw unusable("levels", levels, FragmentCounts.expected) }
    guard probability > 0, probability <= 1 else { throw unusable("probability", probability, "above 0, up to 1") }
    let picture = try session.picture
    let pyramid = levels.counts.enumerated().map { level, count in
      RandomSegmentMasks(
        of: .slic(picture, count: count), probability: probability, seed: seed &+ UInt64(level))
    }
    func m(_ index: Int) -> Tensor { pyramid[index % pyramid.count][index / pyramid.count] }
    let scores = try session.scores(ofMasks: masks, mask: m)
    let facts = [Fact.remark("fragments: \(pyramid.map { "\($0.segmentation.count)" }.joined(separator: ", "))")]
    let pixels = Array(picture.shape.suffix(2))
    if let settled = Attribution(judgingBy: scores, shape: pixels, at: session.inputLayer, facts: facts) {
      return settled
    }
    let mean = scores.reduce(0, +) / Float(masks)
    var sum = Tensor(repeating: 0, shape: pixels)
    for (index, score) in scores.enumerated() { sum.add(score - mean, times: m(index)) }
    return Attribution(1 / (probability * Float(masks)) * sum, at: session.inputLayer, facts: facts)
  }
}

extension MFPP {
  public static let descriptor = MethodDescriptor(
    "mfpp", title: "MFPP", family: .perturbation,
    summary: "Fragments of the image, fine and coarse, whose sight raises the score.",
    citation: "Yang et al., ICPR 2020, arXiv:2006.02659", needs: [], prototype: MFPP(),
    parameters: [
      Parameter(
        "masks", \.masks, help: "how many masks the image is seen through", expected: "a whole number from 1 to 100000"
      ) {
        (1...100_000).contains($0)
      },
      Parameter(
        "levels", \.levels, help: "about how many fragments the image has on each level",
        expected: FragmentCounts.expected),
      Parameter(
        "probability", \.probability, help: "how likely a fragment is seen", expected: "a number above 0, up to 1"
      ) { $0 > 0 && $0 <= 1 },
      Parameter("seed", \.seed, help: "the number that decides the masks", expected: "a whole number from 0"),
    ])
}

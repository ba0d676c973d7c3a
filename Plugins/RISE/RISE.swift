public import AttributionKit
import Masks
import Tensors

/// RISE: how much higher the score is, on average, where a pixel is seen through a random mask.
///
///     M(λ) = 1/(E[m]·N) Σᵢ (y(x ⊙ mᵢ) − ȳ)·mᵢ(λ)                          (eq. 6, less the mean score ȳ)
public struct RISE: AttributionMethod {
  public var masks: Int
  public var cells: Int
  public var probability: Float
  public var isCentered: Bool
  public var seed: UInt64

  public init(masks: Int = 1000, cells: Int = 7, probability: Float = 0.5, isCentered: Bool = true, seed: UInt64 = 0) {
    self.masks = masks
    self.cells = cells
    self.probability = probability
    self.isCentered = isCentered
    self.seed = seed
  }

  /// A forward pass for each mask.
  public func cost(on model: (any ModelAdapter)?) -> Cost { .forward(masks) }

  /// A map of the image's pixels.
  ///
  /// - Throws: ``AttributionError/unusableParameter(_:value:method:expected:)``, ``AttributionError/notAnImage(_:)``.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    try requireUsable()
    let grid = try session.grid
    let m = RandomGridMasks(
      cells: cells, probability: probability, height: grid.height, width: grid.width, seed: seed)
    let scores = try session.scores(ofMasks: masks) { m[$0] }
    if isCentered,
      let settled = Attribution(judgingBy: scores, shape: [grid.height, grid.width], at: session.inputLayer)
    {
      return settled
    }
    let mean = isCentered ? scores.reduce(0, +) / Float(masks) : 0
    var sum = Tensor(repeating: 0, shape: [grid.height, grid.width])
    for (index, score) in scores.enumerated() { sum.add(score - mean, times: m[index]) }
    return Attribution(1 / (probability * Float(masks)) * sum, at: session.inputLayer)
  }

  private func requireUsable() throws {
    func unusable(_ name: String, _ value: Any, _ expected: String) -> AttributionError {
      .unusableParameter(name, value: "\(value)", method: "rise", expected: expected)
    }
    if masks < 1 { throw unusable("masks", masks, "a whole number from 1") }
    if cells < 1 { throw unusable("cells", cells, "a whole number from 1") }
    if !(probability > 0 && probability <= 1) {
      throw unusable("probability", probability, "a number above 0, up to 1")
    }
  }
}

extension RISE {
  public static let descriptor = MethodDescriptor(
    "rise", title: "RISE", family: .perturbation,
    summary: "Regions whose sight raises the score, by looking through random masks.",
    citation: "Petsiuk, Das & Saenko, BMVC 2018, arXiv:1806.07421", needs: [], prototype: RISE(),
    parameters: [
      Parameter(
        "masks", \.masks, help: "how many masks the image is seen through", expected: "a whole number from 1 to 100000"
      ) {
        (1...100_000).contains($0)
      },
      Parameter("cells", \.cells, help: "how many cells a side of a mask has", expected: "a whole number from 1 to 100")
      {
        (1...100).contains($0)
      },
      Parameter(
        "probability", \.probability, help: "how likely a cell is seen", expected: "a number above 0, up to 1"
      ) { $0 > 0 && $0 <= 1 },
      Parameter(
        "centered", \.isCentered, help: "whether the mean score is taken from each", expected: "true or false"),
      Parameter("seed", \.seed, help: "the number that decides the masks", expected: "a whole number from 0"),
    ])
}

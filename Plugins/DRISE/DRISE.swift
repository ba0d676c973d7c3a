public import AttributionKit
import Masks
import Tensors

/// D-RISE: how much likelier a detector finds an object again, on average, where a pixel is seen through a random mask.
///
///     M = Σᵢ wᵢ mᵢ        wᵢ = maxⱼ s(dₜ, dⱼ(x ⊙ mᵢ))                              (section 3.3)
///     s(dₜ, dⱼ) = IoU(Lₜ, Lⱼ) · cos(Pₜ, Pⱼ) · Oⱼ                                      (eqs. 1 to 3)
///
/// less the mean weight, as RISE is centred here: `M = 1/(p·N) Σᵢ (wᵢ − w̄) mᵢ`.
public struct DRISE: AttributionMethod {
  public var masks: Int
  public var cells: Int
  public var probability: Float
  public var seed: UInt64

  public init(masks: Int = 1000, cells: Int = 16, probability: Float = 0.5, seed: UInt64 = 0) {
    self.masks = masks
    self.cells = cells
    self.probability = probability
    self.seed = seed
  }

  /// A forward pass for each mask.
  public func cost(on model: (any ModelAdapter)?) -> Cost { .forward(masks) }

  /// A map of the image's pixels.
  ///
  /// - Throws: ``AttributionError/unmetNeed(_:of:reason:)`` where the target is no detection,
  ///   ``AttributionError/unusableParameter(_:value:method:expected:)``, ``AttributionError/notAnImage(_:)``.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    try requireUsable()
    guard let found = session.target as? DetectionScore, let target = FoundAgain(found, in: session.outputs) else {
      throw AttributionError.unmetNeed(
        "detections", of: "d-rise", reason: "a detector's box that is known is explained; use rise, which asks for none"
      )
    }
    let grid = try session.grid
    let m = RandomGridMasks(
      cells: cells, probability: probability, height: grid.height, width: grid.width, seed: seed)
    let weights = try session.retargeted(to: target).scores(ofMasks: masks) { m[$0] }
    if let settled = Attribution(judgingBy: weights, shape: [grid.height, grid.width], at: session.inputLayer) {
      return settled
    }
    let mean = weights.reduce(0, +) / Float(masks)
    var sum = Tensor(repeating: 0, shape: [grid.height, grid.width])
    for (index, weight) in weights.enumerated() { sum.add(weight - mean, times: m[index]) }
    return Attribution(1 / (probability * Float(masks)) * sum, at: session.inputLayer)
  }

  private func requireUsable() throws {
    func unusable(_ name: String, _ value: Any, _ expected: String) -> AttributionError {
      .unusableParameter(name, value: "\(value)", method: "d-rise", expected: expected)
    }
    if masks < 1 { throw unusable("masks", masks, "a whole number from 1") }
    if cells < 1 { throw unusable("cells", cells, "a whole number from 1") }
    if !(probability > 0 && probability <= 1) {
      throw unusable("probability", probability, "a number above 0, up to 1")
    }
  }
}

extension DRISE {
  public static let descriptor = MethodDescriptor(
    "d-rise", title: "D-RISE", family: .perturbation,
    summary: "Regions whose sight lets a detector find a box again, by looking through random masks.",
    citation: "Petsiuk et al., CVPR 2021, arXiv:2006.03204", needs: [.detections], prototype: DRISE(),
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
      Parameter("seed", \.seed, help: "the number that decides the masks", expected: "a whole number from 0"),
    ])
}

extension Need {
  /// Boxes of a detector.
  static let detections = Need("detections", words: "a detector's boxes") { _, model in
    guard let head = (model as? any DetectingModel)?.detectionHead else {
      return "the network is no detector; use rise, which asks for a class"
    }
    return head.boxes == nil ? "the detector's boxes are not known; use rise, which asks for none" : nil
  }
}

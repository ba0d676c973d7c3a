import AttributionKit
import Explaining
import Images
import Tensors
import TestSupport

/// Networks in plain Swift, opened for explaining.
enum Networks {
  /// Four classes of an image `[3, 4, 4]`.
  static func classifier(
    names: [String]? = nil, of file: NetworkFile = NetworkFile("tiny.net"), catalogue: Catalogue = Catalogue()
  ) throws -> Explainer {
    try Explainer(
      OpenedModel(ChainNetwork.tiny(), classNames: names), of: file, catalogue: catalogue)
  }

  /// One logit of an image `[3, 4, 4]`.
  static func binary(names: [String]? = nil) throws -> Explainer {
    let network = ChainNetwork(
      input: [3, 4, 4],
      [
        .convolution("conv", kernels: .scattered([6, 3, 1, 1], 0.61803), bias: Tensor(repeating: 0, shape: [6])),
        .relu("relu"), .globalAveragePool("pool"),
        .linear("logits", weights: .scattered([1, 6], 0.73205), bias: Tensor(repeating: 0, shape: [1])),
      ], probabilityLink: .sigmoid)
    var file = NetworkFile("binary.net")
    let folder = try TemporaryFolder()
    if let names { file.labels = try folder.write(names.joined(separator: "\n"), to: "names.txt") }
    return try withExtendedLifetime(folder) { try Explainer(OpenedModel(network), of: file) }
  }

  /// `count` classes at each place of an image `[3, 8, 8]`, each place seeing itself only.
  static func segmentation(_ count: Int = 3, link: ProbabilityLink = .softmax) throws -> Explainer {
    let network = ChainNetwork(
      input: [3, 8, 8],
      [
        .convolution("conv", kernels: .scattered([6, 3, 1, 1], 0.61803), bias: Tensor(repeating: 0, shape: [6])),
        .relu("relu"),
        .convolution(
          "logits", kernels: .scattered([count, 6, 1, 1], 0.73205), bias: Tensor(repeating: 0, shape: [count])),
      ], probabilityLink: link)
    return try Explainer(OpenedModel(network), of: NetworkFile("places.net"))
  }

  static let image = Picture(Tensor.ramp([3, 4, 4]), named: "image")
  static let places = Picture(Tensor.ramp([3, 8, 8]), named: "image")

  /// A photograph of two colours, wider than high.
  static func photograph(width: Int = 90, height: Int = 60) -> Raster {
    var photograph = Raster(width: width, height: height, fill: (180, 190, 220))
    for y in height / 3..<2 * height / 3 { for x in width / 3..<2 * width / 3 { photograph[x, y] = (200, 90, 20) } }
    return photograph
  }
}

extension Explainer {
  /// What is asked of a picture by one target.
  func inquiry(
    _ target: String, of picture: Picture, score: ScoreKind? = nil, region: String? = nil
  ) throws -> Inquiry {
    let region = try region.map { try RegionExpression($0) }
    let question = Question([try TargetExpression(target)], score: score, region: region)
    return try predict(picture, region: region).inquiries(question)[0]
  }

  /// The derivative of a target's score by the pixels.
  func gradient(_ target: String, of picture: Picture, region: String? = nil) throws -> Tensor {
    try inquiry(target, of: picture, region: region).session.inputGradient()
  }
}

/// The error that something throws.
func refusal(_ body: () throws -> some Any) -> ExplainingError? {
  do {
    _ = try body()
    return nil
  } catch { return error as? ExplainingError }
}

import AttributionKit
import Explaining
import Images
import Tensors
import TestSupport
import Testing

/// Whether an assumed recipe is doubted: only where another makes a network certain of what is in the picture.
@Suite struct RecipeDoubtTests {
  /// Four classes of an image `[3, 8, 8]`, the first of which is seen where red exceeds green by more than `threshold`: if
  /// `isArranged`, in the left half rather than the right; or else anywhere.
  private func explainer(threshold: Float, gain: Float, isArranged: Bool) throws -> Explainer {
    let weights = (0..<4 * 64).map { index in
      index >= 64 ? Float(0) : (isArranged && index % 8 >= 4 ? -gain : gain) / 64
    }
    let network = ChainNetwork(
      input: [3, 8, 8],
      [
        .convolution(
          "conv", kernels: Tensor([1, -1, 0], shape: [1, 3, 1, 1]), bias: Tensor([-threshold], shape: [1])),
        .relu("relu"),
        .linear("logits", weights: Tensor(weights, shape: [4, 64]), bias: Tensor(repeating: 0, shape: [4])),
      ], probabilityLink: .softmax)
    return try Explainer(OpenedModel(network), of: NetworkFile("doubted.net"))
  }

  /// Half of it orange, half of it blue, so that its mean is grey.
  private var picture: Picture {
    var photograph = Raster(width: 8, height: 8, fill: (40, 150, 200))
    for y in 0..<8 { for x in 0..<4 { photograph[x, y] = (200, 80, 20) } }
    return Picture(photograph, named: "halves.png")
  }

  @Test func `a preset is named that makes the network certain of the picture`() throws {
    let doubt = try explainer(threshold: 40, gain: 0.15, isArranged: true).predict(picture).recipeDoubt()
    #expect(doubt?.sentence.contains("'raw255'") == true && doubt?.setting == .recipe, "\(doubt as Any)")
  }

  @Test func `numbers that are only larger are no reason`() throws {
    // As certain of the picture's parts in any order.
    #expect(try explainer(threshold: 40, gain: 0.15, isArranged: false).predict(picture).recipeDoubt() == nil)
    // As certain of a blank picture.
    let warm = Picture(Raster(width: 8, height: 8, fill: (200, 150, 90)), named: "warm.png")
    #expect(try explainer(threshold: 0, gain: 0.12, isArranged: false).predict(warm).recipeDoubt() == nil)
    // A network that is certain as it is raises no doubt.
    #expect(try explainer(threshold: -5, gain: 2, isArranged: false).predict(picture).recipeDoubt() == nil)
  }
}

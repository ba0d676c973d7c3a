import AttributionKit
import Tensors

/// The image that others are compared with, as the network sees it.
struct Reference {
  /// The file as the user named it.
  let name: String
  /// The network's output for it, `[features]`.
  let embedding: Tensor

  /// Shows the network an image, prepared as all others are.
  init(_ name: String, to classifier: Classifier) throws {
    self.name = name
    let output = try classifier.model.trace(Subject(name, for: classifier).input).logits
    guard output.shape.count == 1, output.scalars.count > 1 else {
      throw Failure.badData(
        "the network's output, \(Wording.extent(output.shape)), is no embedding to compare images by: "
          + "choose another with --logits, or leave out --similar-to")
    }
    guard output.scalars.allSatisfy(\.isFinite), output.scalars.contains(where: { $0 != 0 }) else {
      throw Failure.badData("the network's output for \(name) is zero or no number: nothing can be like it")
    }
    embedding = output
  }
}

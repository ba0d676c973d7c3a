import AttributionKit
import Foundation
public import Tensors

/// The picture that others are compared with, as the network sees it.
public struct Reference: Sendable {
  /// What it is called: the file as the user named it.
  public let name: String
  /// The network's output for it, `[features]`.
  public let embedding: Tensor

  /// The name without folders.
  public var title: String { URL(fileURLWithPath: name).lastPathComponent }
}

extension Explainer {
  /// Shows the network a picture to compare others with, prepared as all others are; an array that is as long as the
  /// network's embedding is taken for one itself.
  ///
  /// - Throws: ``ExplainingError`` where the picture cannot be used, or the network makes no embedding of it.
  public func reference(_ picture: Picture) throws(ExplainingError) -> Reference {
    // An array as long as the embedding is one, of a text perhaps, by another network.
    if let array = try picture.array(), array.shape != model.input.shape,
      outputShape.count == 1, array.scalars.count == outputShape[0]
    {
      return try reference(array.reshaped(outputShape), named: picture.name)
    }
    let subject = try subject(picture)
    let output = try explaining { try model.trace(inputs(with: subject)).logits }
    guard output.shape.count == 1, output.scalars.count > 1 else {
      throw .data(
        "the network's output, \(Wording.extent(output.shape)), is no embedding to compare images by: choose another",
        about: .output)
    }
    return try reference(output, named: picture.name)
  }

  private func reference(_ embedding: Tensor, named name: String) throws(ExplainingError) -> Reference {
    guard embedding.scalars.allSatisfy(\.isFinite), embedding.scalars.contains(where: { $0 != 0 }) else {
      throw .data("the embedding of \(name) is zero or no number: nothing can be like it")
    }
    return Reference(name: name, embedding: embedding)
  }
}

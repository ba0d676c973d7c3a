public import Tensors

/// The value of a target on one run.
public struct Score: Hashable, Sendable {
  public let value: Float
  /// The derivative of the score by the outputs, from which every backward pass starts.
  public let cotangents: Cotangents
  /// The class that the score speaks for; `nil` where it is about no class, as a similarity is.
  public let classIndex: Int?
  /// The class it is held against, for a difference of two.
  public let contrastIndex: Int?
  /// Whether it speaks against its class instead.
  public let isNegative: Bool

  public init(
    value: Float, cotangents: Cotangents, classIndex: Int? = nil, contrastIndex: Int? = nil, isNegative: Bool = false
  ) {
    self.value = value
    self.cotangents = cotangents
    self.classIndex = classIndex
    self.contrastIndex = contrastIndex
    self.isNegative = isNegative
  }

  /// A score of the output explained alone, `cotangent` being its derivative by the logits, in their shape.
  public init(
    value: Float, cotangent: Tensor, classIndex: Int? = nil, contrastIndex: Int? = nil, isNegative: Bool = false
  ) {
    self.init(
      value: value, cotangents: Cotangents(cotangent), classIndex: classIndex, contrastIndex: contrastIndex,
      isNegative: isNegative)
  }

  /// The same score with other derivatives: of the same function, seen from other outputs.
  func with(_ cotangents: Cotangents) -> Score {
    Score(
      value: value, cotangents: cotangents, classIndex: classIndex, contrastIndex: contrastIndex,
      isNegative: isNegative)
  }

  /// - Throws: ``AttributionError/wrongCotangents(expected:given:)`` where a derivative is of another shape than its
  ///   output.
  func requireShapes(of outputs: Outputs) throws {
    let fits =
      cotangents.values.count <= outputs.values.count
      && zip(cotangents.values, outputs.values).allSatisfy { $0 == nil || $0?.shape == $1.shape }
    guard fits else {
      throw AttributionError.wrongCotangents(
        expected: outputs.values.map(\.shape), given: cotangents.values.map { $0?.shape ?? [] })
    }
  }
}

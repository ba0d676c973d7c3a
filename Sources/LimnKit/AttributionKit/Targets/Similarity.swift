public import Tensors

/// How like another the image is to a network that makes embeddings of them: the cosine of the angle between the two.
///
///     y = e·r / (|e|·|r|),    ∂y/∂e = (r/|r| − y·e/|e|) / |e|
///
/// `e` is the network's output for the image and `r` that for the reference, both `[features]`. At its greatest value, 1,
/// the derivative is zero: nothing is explained by comparing an image with itself.
public struct Similarity: Target, Hashable {
  public let reference: Tensor

  /// - Parameter reference: the network's output for the image compared with, not all zero.
  public init(to reference: Tensor) { self.reference = reference }

  /// - Throws: ``AttributionError/wrongReference(_:expected:)``.
  public func score(of outputs: Outputs) throws -> Score {
    let logits = outputs.logits
    guard logits.shape == reference.shape, logits.shape.count == 1 else {
      throw AttributionError.wrongReference(reference.shape, expected: logits.shape)
    }
    let (length, span) = (Self.length(of: logits), Self.length(of: reference))
    // Nothing has no direction: it is like nothing, and small steps away from it do not tell where to.
    guard length > 0, span > 0 else { return Score(value: 0, cotangent: logits.map { _ in 0 }) }
    let product = zip(logits.scalars, reference.scalars).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    let cosine = product / (length * span)
    // So nearly parallel, numbers of 32 bits do not tell a direction: the slope would be nothing but rounding.
    guard 1 - abs(cosine) > 1e-12 else { return Score(value: Float(cosine), cotangent: logits.map { _ in 0 }) }
    let slopes = zip(logits.scalars, reference.scalars).map { e, r in
      Float((Double(r) / span - cosine * Double(e) / length) / length)
    }
    return Score(value: Float(cosine), cotangent: Tensor(slopes, shape: logits.shape))
  }

  private static func length(of vector: Tensor) -> Double {
    vector.scalars.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
  }
}

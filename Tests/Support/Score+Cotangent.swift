public import AttributionKit
public import Tensors

extension Score {
  /// The derivative by the logits, of a score that depends on them.
  public var cotangent: Tensor { cotangents.explained ?? Tensor([], shape: [0]) }
}

public import AttributionKit
public import Tensors

extension ModelAdapter {
  /// The derivative by the input of what has this derivative by the logits, straight from the network's own pullback.
  public func inputGradient(of cotangent: Tensor, on image: Tensor) throws -> Tensor {
    guard let model = self as? any DifferentiableModel else { throw Refusal("the network has no gradients") }
    return try model.differentiableTrace([image])
      .pullback(Cotangents(cotangent), to: input, under: StandardRule.standard)
  }
}

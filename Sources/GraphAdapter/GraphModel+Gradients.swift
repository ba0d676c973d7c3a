public import AttributionKit
import GraphEngine
import Kernels
public import Tensors

extension GraphModel: BatchGradientModel {
  public func gradients(
    for batch: Tensor, under rule: any GradientRule, cotangent: (_ logits: Tensor) throws -> Tensor
  ) throws -> Tensor {
    try engine.run { try gradients(of: batch, rule, cotangent) }
  }

  private func gradients(
    of batch: Tensor, _ rule: any GradientRule, _ cotangent: (_ logits: Tensor) throws -> Tensor
  ) throws -> Tensor {
    guard Array(batch.shape.dropFirst()) == input.shape else {
      throw GraphModelError.wrongInput(expected: input.shape, given: Array(batch.shape.dropFirst()))
    }
    let images = batch.shape[0]
    guard let plan = plans.plan(for: images), crossesImagesApart(rule) else {
      let gradients = try (0..<images).flatMap { index in
        let trace = try self.trace(batch.channel(index))
        return try trace.pullback(cotangent(trace.logits), to: input, under: rule).scalars
      }
      return Tensor(gradients, shape: batch.shape)
    }
    let trace = try plan.trace([NDArray(batch)])
    let logits = logits(in: try trace.value(named: logitsName).tensor, of: images)
    let cotangents = try (0..<images).flatMap { try nativeCotangent(cotangent(logits.channel($0))).scalars }
    let walk = try BackwardPass(
      through: trace, from: logitsName, cotangent: NDArray(cotangents, shape: plan.shape(of: logitsName) ?? []),
      releasesValues: true
    ) { [self] in crossing(of: $0, under: rule) }
    guard let gradients = try walk.cotangent(of: input.name) else {
      preconditionFailure("a pass that has just begun has passed \(input.name)")
    }
    return gradients.tensor.reshaped(batch.shape)
  }

  public func gradientBatchSize(within bytes: Int) -> Int { plans.gradientBatchSize(within: bytes) }

  /// Whether nothing that the rule does of its own sees several images at once.
  private func crossesImagesApart(_ rule: any GradientRule) -> Bool {
    steps.values.allSatisfy { if case .replaced = rule.crossing($0) { false } else { true } }
  }
}

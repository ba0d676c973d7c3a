public import AttributionKit
import GraphEngine
import Kernels
public import Tensors

extension GraphModel: BatchGradientModel {
  public func gradients(
    for batch: [Tensor], by input: Layer, under rule: any GradientRule,
    cotangents: (_ outputs: [Tensor]) throws -> Cotangents
  ) throws -> Tensor {
    try engine.run { try gradients(of: batch, by: input, rule, cotangents) }
  }

  private func gradients(
    of batch: [Tensor], by input: Layer, _ rule: any GradientRule,
    _ cotangents: (_ outputs: [Tensor]) throws -> Cotangents
  ) throws -> Tensor {
    let images = try requireBatch(batch)
    guard inputs.contains(where: { $0.layer == input }) else {
      throw AttributionError.noSuchInput(input.name, among: inputs.map(\.name))
    }
    guard let plan = plans.plan(for: images), crossesImagesApart(rule) else {
      let gradients = try (0..<images).flatMap { index in
        let trace = try differentiableTrace(batch.map { $0.channel(index) })
        return try trace.pullback(cotangents(trace.outputs), to: input, under: rule).scalars
      }
      return Tensor(gradients, shape: [images] + input.shape)
    }
    let trace = try plan.trace(batch.map { NDArray($0) })
    let outputs = outputs(in: try values.map { try trace.value(named: $0).tensor }, of: images)
    let each = try (0..<images).map { image in try cotangents(outputs.map { $0.channel(image) }) }
    let walk = try BackwardPass(through: trace, from: starts(each, in: plan), releasesValues: true) { [self] in
      crossing(of: $0, under: rule)
    }
    guard let gradients = try walk.cotangent(of: input.name) else {
      preconditionFailure("a pass that has just begun has passed \(input.name)")
    }
    return gradients.tensor.reshaped([images] + input.shape)
  }

  public func gradientBatchSize(within bytes: Int) -> Int { plans.gradientBatchSize(within: bytes) }

  /// Whether nothing that the rule does of its own sees several images at once.
  private func crossesImagesApart(_ rule: any GradientRule) -> Bool {
    steps.values.allSatisfy { step in
      switch rule.crossing(step) {
      case .replaced, .computed: false
      case .derivative, .derivativeOfPositive, .positive, .relevance: true
      }
    }
  }
}

public import AttributionKit
import GraphEngine
import Kernels
public import Tensors

extension GraphModel: BatchModel {
  public func logits(for batch: Tensor) throws -> Tensor {
    guard Array(batch.shape.dropFirst()) == input.shape else {
      throw GraphModelError.wrongInput(expected: input.shape, given: Array(batch.shape.dropFirst()))
    }
    let outputs = try engine.run {
      try batch.scalars.withUnsafeBufferPointer { scalars in
        try plans.logits(for: scalars, count: batch.shape[0]) { _ in [] }
      }
    }
    return logits(in: outputs, of: batch.shape[0])
  }

  public func batchSize(within bytes: Int) -> Int { plans.batchSize(within: bytes) }
}

extension PlanFamily {
  /// The outputs for arrays side by side: together where there is a plan for so many, or else one by one.
  ///
  /// The further inputs of the plan for a number of images come from `others`.
  func logits(
    for arrays: UnsafeBufferPointer<Float>, count images: Int, others: (_ images: Int) throws -> [NDArray]
  ) throws -> Tensor {
    // The arrays lend their memory: nothing that a run returns here outlives the call.
    guard let base = arrays.baseAddress, images > 0 else { return Tensor([], shape: [0]) }
    let size = arrays.count / images
    func run(_ plan: Plan, from first: Int, count: Int) throws -> [Float] {
      let storage = Storage(borrowing: base + first * size, count: count * size, owner: Lender.shared)
      let shape = plan.shape(of: plan.graph.inputs[0].name) ?? []
      return try plan.outputs(for: [NDArray(storage: storage, shape: shape)] + others(count))[0].scalars
    }
    if let plan = plan(for: images) {
      let outputs = try run(plan, from: 0, count: images)
      return Tensor(outputs, shape: [outputs.count])
    }
    let outputs = try (0..<images).flatMap { try run(single, from: $0, count: 1) }
    return Tensor(outputs, shape: [outputs.count])
  }
}

/// Stands in for the owner of memory that is lent for one call.
private final class Lender: Sendable {
  static let shared = Lender()
}

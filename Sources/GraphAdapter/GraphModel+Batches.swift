public import AttributionKit
import GraphEngine
import Kernels
public import Tensors

extension GraphModel: BatchModel {
  public func outputs(for batch: [Tensor]) throws -> [Tensor] {
    let images = try requireBatch(batch)
    let arrays = try engine.run {
      try batch[0].scalars.withUnsafeBufferPointer { scalars in
        try plans.outputs(for: scalars, count: images) { rows in batch.dropFirst().map { NDArray($0.rows(rows)) } }
      }
    }
    return outputs(in: arrays, of: images)
  }

  public func batchSize(within bytes: Int) -> Int { plans.batchSize(within: bytes) }

  /// How many images a batch holds.
  ///
  /// - Throws: ``GraphModelError/wrongInput(expected:given:)`` where it does not fit the model's inputs.
  func requireBatch(_ batch: [Tensor]) throws -> Int {
    guard batch.count == inputs.count, let images = batch.first?.shape.first else {
      throw AttributionError.wrongInputCount(batch.count, of: inputs.map(\.name))
    }
    for (input, tensor) in zip(inputs, batch) where tensor.shape != [images] + input.shape {
      throw GraphModelError.wrongInput(expected: input.shape, given: Array(tensor.shape.dropFirst()))
    }
    return images
  }
}

extension PlanFamily {
  /// The outputs for arrays side by side, each flat: together where there is a plan for so many, or else one by one.
  ///
  /// The arrays are for the first input of the plan; those for the others come from `others`, for the rows asked for.
  func outputs(
    for arrays: UnsafeBufferPointer<Float>, count images: Int, others: (_ rows: Range<Int>) throws -> [NDArray]
  ) throws -> [Tensor] {
    // The arrays lend their memory: nothing that a run returns here outlives the call.
    guard let base = arrays.baseAddress, images > 0 else {
      return single.graph.outputs.map { _ in Tensor([], shape: [0]) }
    }
    let size = arrays.count / images
    func run(_ plan: Plan, _ rows: Range<Int>) throws -> [[Float]] {
      let storage = Storage(
        borrowing: base + rows.lowerBound * size, count: rows.count * size, owner: Lender.shared)
      let shape = plan.shape(of: plan.graph.inputs[0].name) ?? []
      return try plan.outputs(for: [NDArray(storage: storage, shape: shape)] + others(rows)).map(\.scalars)
    }
    let outputs: [[Float]]
    if let plan = plan(for: images) {
      outputs = try run(plan, 0..<images)
    } else {
      let each = try (0..<images).map { try run(single, $0..<$0 + 1) }
      outputs = single.graph.outputs.indices.map { index in each.flatMap { $0[index] } }
    }
    return outputs.map { Tensor($0, shape: [$0.count]) }
  }
}

extension Tensor {
  /// Some parts of a batch: `[rows]` + the shape of one.
  fileprivate func rows(_ rows: Range<Int>) -> Tensor {
    if rows == 0..<shape[0] { return self }
    let size = scalars.count / max(1, shape[0])
    return Tensor(
      Array(scalars[rows.lowerBound * size..<rows.upperBound * size]), shape: [rows.count] + shape.dropFirst())
  }
}

/// Stands in for the owner of memory that is lent for one call.
private final class Lender: Sendable {
  static let shared = Lender()
}

public import AttributionKit
import GraphEngine
import Kernels
import Tensors

extension GraphModel: AttentionModel {
  public var attentionBlocks: [AttentionBlock] { attention.map(\.block) }
}

extension GraphTrace: AttentionTrace {
  func projectedValues(of block: AttentionBlock) throws -> Tensor {
    let found = try model.found(block)
    guard block.windows == 1, block.queryCount == block.keyCount, let steps = found.projection else {
      throw AttributionError.unfollowedAttention(
        "no single projection follows its attention '\(block.weights.name)'; use the head form")
    }
    return try model.engine.run {
      let values = try trace.value(named: found.values).converted(to: .float32)
      /// What the steps make of something in place of the weighed sums.
      func projected(_ values: NDArray) throws -> NDArray {
        var (result, name) = (values, found.product)
        for step in steps {
          result = try step.node.op.forward(
            step.node.inputs.map { try $0 == name ? result : trace.value(named: $0) })
          name = step.name
        }
        return result.converted(to: .float32)
      }
      // What is there without any value is the bias.
      let bias = try projected(NDArray(repeating: 0, shape: values.shape))
      let tokens = try combine(.subtract, projected(values), bias).tensor
      return tokens.reshaped([block.keyCount, tokens.scalars.count / block.keyCount])
    }
  }

  func attentionGradient(
    of block: AttentionBlock, readInPlaceOf last: AttentionBlock,
    cotangents: (_ outputs: [Tensor]) throws -> Cotangents
  ) throws -> Tensor {
    guard let tokens = block.output, let end = last.output, tokens.nativeShape == end.nativeShape else {
      throw AttributionError.unfollowedAttention(
        "the tokens behind '\(block.weights.name)' cannot be read as those behind '\(last.weights.name)' are")
    }
    return try model.engine.run {
      let head = try model.rest(after: end.name), plan = head.plans.single
      let bypassing = try head.bypassing(for: 1) { try trace.value(named: $0) }
      let read = try plan.trace([try trace.value(named: tokens.name)] + bypassing)
      let outputs = model.outputs(in: try model.values.map { try read.value(named: $0).tensor }, of: 1)
      let answers = zip(outputs, model.outputs).map { $0.reshaped($1.shape) }
      let walk = try BackwardPass(through: read, from: model.starts([cotangents(answers)], in: plan))
      guard let start = try walk.cotangent(of: end.name) else {
        preconditionFailure("a pass that has just begun has passed \(end.name)")
      }
      let weights = block.weights
      guard let pulled = try BackwardPass(through: trace, from: [tokens.name: start]).cotangent(of: weights.name) else {
        preconditionFailure("a pass that has just begun has passed \(weights.name)")
      }
      return pulled.tensor.reshaped(weights.shape)
    }
  }
}

extension GraphModel {
  /// The shape of what a token would hand to itself in a block: `[tokens, features]`.
  ///
  /// - Throws: ``AttributionError/unfollowedAttention(_:)`` where no single projection follows.
  func projectedShape(of block: AttentionBlock) throws -> [Int] {
    guard block.windows == 1, block.queryCount == block.keyCount, let end = try found(block).projection?.last else {
      throw AttributionError.unfollowedAttention(
        "no single projection follows its attention '\(block.weights.name)'; use the head form")
    }
    return [block.keyCount, plan.imageShape(of: end.name).reduce(1, *) / block.keyCount]
  }

  /// The values of the network that belong to a block.
  ///
  /// - Throws: ``AttributionError/unfollowedAttention(_:)`` where it is none of the network's.
  func found(_ block: AttentionBlock) throws -> FoundAttention {
    guard let found = attention.first(where: { $0.weights == block.weights.name }) else {
      throw AttributionError.unfollowedAttention("the network has no attention '\(block.weights.name)'")
    }
    return found
  }
}

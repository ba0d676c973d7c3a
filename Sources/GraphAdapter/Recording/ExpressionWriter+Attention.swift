import AttributionKit
import GraphEngine
import Kernels
import Tensors

/// Attention, and the places of a segmentation, written out.
extension ExpressionWriter {
  /// One where the class that `side` is one at is predicted, zero elsewhere; where that is minus one, the reverse:
  /// `[height, width]`, as `OutputRegion.places` has it.
  func places(
    of side: Written, in scores: Written, _ link: ProbabilityLink, mayBeAgainst: Bool, shape: WrittenShape
  ) throws -> Written {
    let classes = scores.shape.extents[1], predicted = try predicted(in: scores, link)
    let sides = writer.reshaped(side, to: WrittenShape([1, classes, 1, 1], imageAxis: side.shape.imageAxis))
    let own = writer.reduced("ReduceSum", try writer.product(predicted, sides), axes: [1], keepsAxes: false)
    guard mayBeAgainst else { return writer.reshaped(own, to: shape) }
    let against = writer.rectified(
      try writer.scaled(writer.reduced("ReduceSum", sides, axes: [1], keepsAxes: false), by: -1))
    return writer.reshaped(try writer.sum(own, against), to: shape)
  }

  /// `V·W`: what the projection makes of the values in place of the weighed sums, without its bias.
  func projectedValues(of block: AttentionBlock, in pass: WrittenPass, shape: [Int]) throws -> Written {
    let found = try model.found(block)
    guard block.windows == 1, block.queryCount == block.keyCount, let steps = found.projection else {
      throw AttributionError.unfollowedAttention(
        "no single projection follows its attention '\(block.weights.name)'; use the head form")
    }
    let values = try pass.value(named: found.values)
    func projected(_ values: Written) throws -> Written {
      var (result, name) = (values, found.product)
      for step in steps {
        let inputs = try step.node.inputs.map { try $0 == name ? result : pass.value(named: $0) }
        guard let shape = pass.shape(of: step.name) else { throw GraphError.noSuchValue(step.name) }
        result = try step.writable.write(inputs, shape: shape, to: writer)
        name = step.name
      }
      return result
    }
    let bias = try projected(writer.scaled(values, by: 0))
    return writer.reshaped(try writer.difference(projected(values), bias), to: self.shape(shape))
  }

  /// What the network's head makes of the tokens behind a block.
  func read(_ reading: RecordedReading, output: Int, shape: [Int]) throws -> Written {
    writer.reshaped(try scores(in: head(reading), output), to: self.shape(shape))
  }

  /// The derivative by the attention of a block of the score that the head makes of the tokens behind it.
  func readingGradient(_ reading: RecordedReading, _ cotangents: [(output: Int, Tensor)]) throws -> Written {
    let weights = reading.block.weights, tokens = try tokens(reading), head = try head(reading)
    let walk = WrittenBackwardPass(through: head, from: try starts(of: cotangents, in: head)) { _ in .derivative }
    guard let start = try walk.cotangent(of: tokens.end) else {
      throw GraphModelError.unwritable("its score does not depend on '\(tokens.end)'")
    }
    let back = WrittenBackwardPass(through: try pass(reading.run), from: [tokens.own: start]) { _ in .derivative }
    guard let pulled = try back.cotangent(of: weights.name) else {
      throw GraphModelError.unwritable("what is behind '\(weights.name)' does not depend on it")
    }
    return writer.reshaped(pulled, to: shape(weights.shape))
  }

  private func tokens(_ reading: RecordedReading) throws -> (own: String, end: String) {
    guard let own = reading.block.output, let end = reading.last.output, own.nativeShape == end.nativeShape else {
      throw AttributionError.unfollowedAttention(
        "the tokens behind '\(reading.block.weights.name)' cannot be read as those behind "
          + "'\(reading.last.weights.name)' are")
    }
    return (own.name, end.name)
  }

  /// What follows the last block, run on the tokens behind another; what bypasses them is as in the run itself.
  private func head(_ reading: RecordedReading) throws -> WrittenPass {
    if let pass = readings[ObjectIdentifier(reading)] { return pass }
    let run = try pass(reading.run), tokens = try tokens(reading), plans = try model.rest(after: tokens.end).plans
    let inputs = try plans.single.graph.inputs.map { input in
      (input.name, try run.value(named: input.name == tokens.end ? tokens.own : input.name))
    }
    let pass = try WrittenPass(
      of: plans.single, two: request.isBatchOpen ? plans.plan(for: 2) : nil,
      inputs: Dictionary(uniqueKeysWithValues: inputs), existing: [], to: writer)
    readings[ObjectIdentifier(reading)] = pass
    return pass
  }
}

import AttributionKit
import GraphEngine

/// One output of a graph as targets see it: where its numbers are computed, and how they are held there.
struct Head {
  let output: Output
  /// The value with the scores: the output itself, or what a softmax or sigmoid at its end is made of.
  let value: String
  /// Where the scores of a segmentation lie in that value; `nil` where they are in order.
  let layout: MapLayout?

  /// The head that ends in the output `name`, of a network planned with it among the outputs.
  ///
  /// `answer` says what its numbers mean where a softmax or sigmoid in the network does not.
  init(
    _ name: String, _ found: GraphEnds.Found, in plan: Plan, _ spatial: SpatialLayers, as answer: ModelRequest.Answer?
  ) {
    value = found.logits
    let shape = plan.shape(of: value) ?? []
    // A row of numbers may be one score for each place of the image, one after the other.
    layout = spatial.layouts[value]
    let isVector = layout == nil && shape.count(where: { $0 > 1 }) <= 1
    let scores = layout?.shape ?? [shape.reduce(1, *)]
    if answer == .numbers {
      // As they are; whatever is neither a vector nor maps, in the order of the array.
      output = Output(name, shape: scores, kind: .numbers)
      return
    }
    // Rows of tokens of which some have no place, and not the first: which is the answer cannot be told.
    let isTorn =
      found.row == nil && shape.count == 3 && layout.map { $0.channels == shape[2] && $0.places < shape[1] } == true
    let isClear = found.obstacle == nil || answer != nil && found.obstacle != .constant
    guard isVector || layout != nil, !isTorn, isClear else {
      output = Output(name, shape: plan.imageShape(of: value), kind: .numbers)
      return
    }
    let assumed: ProbabilityLink = scores[0] == 1 || answer == .multilabel ? .sigmoid : .softmax
    let link = found.isProbability ? .identity : found.link ?? assumed
    output = Output(name, shape: scores, kind: isVector ? .classes(link) : .places(link))
  }

  /// One of a detector's outputs, `[rows, columns]` or maps, under the name that ``DetectionHead`` gives it.
  init(detecting value: String, in plan: Plan) {
    self.value = value
    layout = nil
    let name = DetectionHead.OutputName.all.first { DetectionReading.value(of: $0) == value } ?? value
    output = Output(name, shape: plan.imageShape(of: value), kind: .boxes)
  }

  /// Whether the output holds scores of classes.
  var hasClasses: Bool { output.link != nil }
}

import AttributionKit
import GraphEngine

/// One output of a graph as targets see it: where its numbers are computed, and how they are held there.
struct Head {
  let output: Output
  /// The value with the scores: the output itself, or what a softmax or sigmoid at its end is made of.
  let value: String
  /// Where the scores of a segmentation lie in that value; `nil` where they are in order.
  let layout: MapLayout?

  /// The head that ends in `end`, of a network planned with it among the outputs.
  init(_ end: ClassifierHead, in plan: Plan, _ spatial: SpatialLayers) {
    value = end.logits
    let shape = plan.shape(of: value) ?? []
    let isVector = shape.count(where: { $0 > 1 }) <= 1
    layout = isVector ? nil : spatial.layouts[value]
    guard shape.first == 1, isVector || layout != nil else {
      output = Output(end.name, shape: plan.imageShape(of: value), kind: .numbers)
      return
    }
    let scores = layout?.shape ?? [shape.reduce(1, *)]
    let link = end.link ?? (scores[0] == 1 ? .sigmoid : .softmax)
    output = Output(end.name, shape: scores, kind: isVector ? .classes(link) : .places(link))
  }

  /// Whether the output holds scores of classes.
  var hasClasses: Bool { output.link != nil }
}

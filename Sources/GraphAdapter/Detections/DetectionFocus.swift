import AttributionKit
import GraphEngine

/// What of a detector one of its rows depends on: the layers within reach, and the one to explain it on.
struct DetectionFocus {
  /// The names of the stacks of maps that the row's scores depend on.
  let scored: Set<String>
  /// The names of feature maps that the row's scores and, where it has one, its box depend on.
  let common: Set<String>
  let layer: AutomaticLayer?

  /// The focus of the rows that come from `part`, a value of the network.
  ///
  /// The layer is the last that all of the row's scores come through and that its box depends on, too: the feature map
  /// which feeds the head at the row's scale. A row that several scales feed has none such but an early one: there, it is
  /// the deepest of the coarsest maps.
  init(of part: String, boxes: SpatialLayers?, in spatial: SpatialLayers, among layers: [Layer]) throws {
    let own = try SpatialLayers(sharing: spatial, logits: part)
    let answer = own.answers(part)
    // What only moves maps, as the heads of an attention are taken apart, is no feature of its own.
    let moved = Set(spatial.plan.steps.filter { $0.node.op.kind == .movement }.map(\.name))
    let maps = layers.filter { $0.isSpatial && spatial.layouts[$0.name] != nil && !answer.contains($0.name) }
    let reached = maps.filter { own.reachesScore($0.name) }
    let common = (boxes.map { boxes in reached.filter { boxes.reachesScore($0.name) } } ?? reached)
      .filter { !moved.contains($0.name) }
    scored = Set(maps.filter { own.reachesScore($0.name) }.map(\.name)).union(answer)
    self.common = Set(common.map(\.name))
    let feeding = own.bottlenecks(among: common).last
    let areas = common.map { $0.shape[1] * $0.shape[2] }
    guard let feeding, let place = common.firstIndex(of: feeding), let coarsest = areas[place...].min() else {
      layer = common.last.map { AutomaticLayer($0, because: "the last feature map before the detector's head") }
      return
    }
    if coarsest < areas[place], let last = common.indices.last(where: { areas[$0] == coarsest }) {
      layer = AutomaticLayer(
        common[last], because: "the last of the coarsest feature maps that feed the detector's head")
    } else {
      layer = AutomaticLayer(feeding, because: "the feature map that feeds the detector's head")
    }
  }
}

extension SpatialLayers {
  /// The values that a row's numbers are themselves, back to the layers with weights that compute them.
  fileprivate func answers(_ part: String) -> Set<String> {
    let steps = Dictionary(plan.steps.map { ($0.name, $0) }) { first, _ in first }
    var (answer, waiting): (Set<String>, [String]) = ([], [part])
    while let value = waiting.popLast() {
      guard let step = steps[value], answer.insert(value).inserted else { continue }
      switch step.node.op.kind {
      case .movement, .resizing, .sum, .softmax, .affine, .activation(nil), .difference: waiting += step.node.inputs
      default: break
      }
    }
    return answer
  }
}

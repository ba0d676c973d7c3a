import AttributionKit
import GraphEngine
import Synchronization

/// A detector's head within a plan: what its rows mean, and which values they come from, scale by scale.
final class FoundDetection: Sendable {
  let head: DetectionHead
  /// The rows of each scale and the value that holds their scores.
  private let groups: [(rows: Range<Int>, value: String)]
  /// The value that holds the scores of all rows before the network ranks them or picks among them, and the axis along
  /// which they lie; that of the head's own rows where it does not.
  let rows: (value: String, axis: Int)
  /// Whether the rows of the head are ranked: then it depends on the image which scale one comes from.
  let isRanked: Bool
  private let spatial: SpatialLayers
  /// The stacks of maps as the other outputs depend on them, by the outputs' names.
  private let others: [String: SpatialLayers]
  private let known = Mutex<[Int: DetectionFocus]>([:])

  /// - Parameters:
  ///   - head: what the rows mean.
  ///   - graph: the graph that was planned.
  ///   - plan: its plan.
  ///   - spatial: the stacks of maps as the scores depend on them.
  ///   - others: the same as the other outputs do, by their names.
  init(
    _ head: DetectionHead, in graph: Graph, _ plan: Plan, spatial: SpatialLayers, others: [String: SpatialLayers]
  ) {
    self.head = head
    self.spatial = spatial
    let columns = HeadColumns(ends: GraphEnds(graph), plan: plan)
    // Which rows are picked depends on the scores, but what those hold has no derivative by them.
    self.others = Dictionary(
      uniqueKeysWithValues: others.map { name, own in
        let picked = HeadRows.source(ofPicked: DetectionReading.value(of: name), columns)
        let source = picked.flatMap {
          plan.shape(of: $0) == nil ? nil : try? SpatialLayers(sharing: spatial, logits: $0)
        }
        return (name, source ?? own)
      })
    let scores = DetectionReading.value(of: DetectionHead.OutputName.scores)
    let ranked = HeadRows.ranked(behind: scores, columns)
    (rows, isRanked) = (ranked ?? (scores, 1), ranked != nil)
    var (groups, first): ([(rows: Range<Int>, value: String)], Int) = ([], 0)
    for part in HeadRows(of: rows.value, along: rows.axis, columns).parts {
      groups.append((first..<first + part.rows, part.value))
      first += part.rows
    }
    self.groups = isRanked || first == head.rows ? groups : [(0..<head.rows, scores)]
  }

  /// Which scale a row belongs to.
  func group(of row: Int) -> Int? { groups.firstIndex { $0.rows.contains(row) } }

  /// The layer that a detector is explained on before any row is chosen: that of the last scale.
  func layer(in plan: Plan, among layers: [Layer]) -> AutomaticLayer? {
    (try? focus(of: groups.count - 1, in: plan, among: layers))?.layer
  }

  /// The layers that an output other than the scores depends on.
  func layers(behind output: String, among layers: [Layer]) -> [Layer] {
    others[output].map { own in layers.filter { own.reachesScore($0.name) } } ?? []
  }

  func focus(of group: Int, in plan: Plan, among layers: [Layer]) throws -> DetectionFocus {
    if let focus = known.withLock({ $0[group] }) { return focus }
    // A plan may have rewritten the value away; then the whole output stands for it.
    let value = plan.shape(of: groups[group].value) == nil ? plan.graph.outputs[0] : groups[group].value
    let focus = try DetectionFocus(
      of: value, boxes: others[DetectionHead.OutputName.boxes], in: spatial, among: layers)
    return known.withLock { known in
      known[group] = known[group] ?? focus
      return known[group] ?? focus
    }
  }
}

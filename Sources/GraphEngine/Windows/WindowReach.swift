/// How much windows of an image change of what each layer with weights computes, and what that costs.
struct WindowReach {
  /// A layer that can be computed in patches.
  struct Layer {
    /// Its multiplications and additions for one whole image.
    let work: Double
    /// How many positions its output has.
    let area: Double
    /// For each span of rows, and of columns, how many positions it changes.
    let rows: [Int], columns: [Int]
  }

  /// Some windows, with the most that any of them changes of each layer.
  struct Group {
    var rows: [Int], columns: [Int]
    var windows: [Int]

    mutating func take(in other: Group) {
      for layer in rows.indices {
        rows[layer] = max(rows[layer], other.rows[layer])
        columns[layer] = max(columns[layer], other.columns[layer])
      }
      windows += other.windows
    }
  }

  private var layers: [Layer] = []
  /// How many spans of rows, and of columns, there are.
  private let rowCount: Int, columnCount: Int

  /// - Parameters:
  ///   - plan: the network.
  ///   - rows: different spans of the image's rows.
  ///   - columns: different spans of its columns.
  init(of plan: Plan, rows: [Range<Int>], columns: [Range<Int>]) {
    // The axes do not know of each other: a span of rows goes with any span of columns.
    (rowCount, columnCount) = (rows.count, columns.count)
    let count = max(rowCount, columnCount), input = plan.inputs[0], shape = plan.values.shapes[input]
    func filled(_ spans: [Range<Int>]) -> [Range<Int>] { (0..<count).map { spans[min($0, spans.count - 1)] } }
    var regions = [
      input: ChangedRegions(
        rows: ChangedSpans(filled(rows), of: shape[2]), columns: ChangedSpans(filled(columns), of: shape[3]))
    ]
    for step in plan.steps {
      guard let changed = step.changed(from: regions, plan.values) else { continue }
      regions[step.output] = changed
      guard step.node.op is any LinearOperator else { continue }
      let shapes = step.inputs.map { plan.values.shapes[$0] }, output = plan.values.shapes[step.output]
      layers.append(
        Layer(
          work: Double(step.node.op.multiplyAdds(of: shapes, output: output)) / Double(output[0]),
          area: Double(output[2] * output[3]), rows: changed.rows.spans.prefix(rows.count).map(\.count),
          columns: changed.columns.spans.prefix(columns.count).map(\.count)))
    }
  }

  /// A window of these spans.
  func group(row: Int, column: Int, window: Int) -> Group {
    Group(rows: layers.map { $0.rows[row] }, columns: layers.map { $0.columns[column] }, windows: [window])
  }

  /// A class for each span of rows, few of them, as though windows were squares of these spans.
  func classesOfRows() -> [Int] { classes(rowCount) { layer, span in layer.rows[span] } }

  /// A class for each span of columns.
  func classesOfColumns() -> [Int] { classes(columnCount) { layer, span in layer.columns[span] } }

  private func classes(_ count: Int, _ length: (Layer, Int) -> Int) -> [Int] {
    var classes = (0..<count).map { span in
      let extents = layers.map { length($0, span) }
      return Group(rows: extents, columns: extents, windows: [span])
    }.sorted { ($0.rows.reduce(0, +), $0.windows[0]) < ($1.rows.reduce(0, +), $1.windows[0]) }
    while classes.count > Self.mostClasses {
      let losses = (1..<classes.count).map { -saving(classes[$0 - 1], classes[$0]) }
      let second = losses.indices.min { losses[$0] < losses[$1] }! + 1
      classes[second - 1].take(in: classes.remove(at: second))
    }
    var result = [Int](repeating: 0, count: count)
    for (number, group) in classes.enumerated() { for span in group.windows { result[span] = number } }
    return result
  }

  /// The groups put together unless that makes more work.
  func merged(_ groups: [Group]) -> [Group] {
    var groups: [Group?] = groups
    var savings = groups.indices.map { second in (0..<second).map { saving(groups[$0]!, groups[second]!) } }
    while true {
      var best = (saving: -1.0, first: 0, second: 0)
      for second in groups.indices where groups[second] != nil {
        for first in 0..<second where groups[first] != nil && savings[second][first] > best.saving {
          best = (savings[second][first], first, second)
        }
      }
      guard best.saving >= 0, let second = groups[best.second] else { return groups.compactMap { $0 } }
      groups[best.first]?.take(in: second)
      groups[best.second] = nil
      guard let merged = groups[best.first] else { return [] }
      for (other, group) in groups.enumerated() where other != best.first {
        guard let group else { continue }
        savings[max(other, best.first)][min(other, best.first)] = saving(group, merged)
      }
    }
  }

  /// How much less it takes to compute two groups in patches of one size.
  private func saving(_ a: Group, _ b: Group) -> Double {
    var apart = 0.0, together = 0.0
    let (some, others) = (Double(a.windows.count), Double(b.windows.count))
    for (index, layer) in layers.enumerated() {
      func work(_ rows: Int, _ columns: Int, _ windows: Double) -> Double {
        let share = Double(rows * columns) / layer.area
        return share < WindowedNetwork.mostInPatches
          ? windows * layer.work * share + Self.workOfMaking : windows * layer.work
      }
      apart += work(a.rows[index], a.columns[index], some) + work(b.rows[index], b.columns[index], others)
      together += work(
        max(a.rows[index], b.rows[index]), max(a.columns[index], b.columns[index]), some + others)
    }
    return apart - together
  }

  private static let mostClasses = 8
  /// The time it takes to make a layer's kernel for another size of patch, in multiplications and additions.
  private static let workOfMaking = 3e7
}

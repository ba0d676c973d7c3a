import GraphEngine
import Kernels

/// A network's outputs in the forms in which heads are read: `[images, rows, numbers]`, each row once.
///
/// Exporters leave out the axis of the images or put extents of one beside the rows, write boxes as `[images, 4, rows]`, and
/// spread the rows of one head over several outputs.
struct HeadOutputs {
  private(set) var graph: Graph
  private(set) var columns: HeadColumns
  /// The outputs of the file that a value is made of, where it is no output itself.
  private var origins: [String: [String]] = [:]
  /// The outputs that lack the axis of the images.
  private(set) var withoutImages: Set<String> = []

  /// - Throws: `GraphError` where the network cannot be planned.
  init(of graph: Graph) throws {
    self.graph = graph
    columns = HeadColumns(ends: GraphEnds(graph), plan: try Plan(graph, rewriting: false))
    try addImages()
    try dropExtentsOfOne()
    try putRowsFirst()
    try joinRows()
  }

  /// The outputs of the file that some values are made of.
  func sources(of values: [String]) -> [String] { values.flatMap { origins[$0] ?? [$0] } }

  private var shaped: [(name: String, shape: [Int])] { graph.outputs.map { ($0, columns.shape($0)) } }

  /// Of a network for one image, boxes without an axis for it, and lists of as many numbers beside them.
  private mutating func addImages() throws {
    guard graph.inputs.first?.shape.first == 1 else { return }
    let wide = shaped.filter { $0.shape.count == 2 && $0.shape.allSatisfy { $0 > 1 } }
    let counts = Set(wide.flatMap(\.shape))
    let lists = shaped.filter { $0.shape.count == 1 && counts.contains($0.shape[0]) }
    try replace((wide + lists).map { ($0.name, Reshape(to: [1] + $0.shape)) })
    withoutImages = Set(graph.outputs.filter { origins[$0] != nil })
  }

  /// Boxes `[images, rows, 1, 4]` or `[images, 1, rows, 4]`, and what lies beside them likewise.
  private mutating func dropExtentsOfOne() throws {
    func squeezed(_ shape: [Int]) -> [Int]? {
      guard shape.count == 4, let axis = [2, 1].first(where: { shape[$0] == 1 }) else { return nil }
      return shape.enumerated().filter { $0.offset != axis }.map(\.element)
    }
    let boxes = shaped.first { squeezed($0.shape).map { $0[2] == 4 && $0[1] > 4 } ?? false }
    guard let boxes, let rows = squeezed(boxes.shape)?[1] else { return }
    let beside = shaped.filter { $0.name != boxes.name && (squeezed($0.shape) ?? $0.shape).dropFirst().first == rows }
    guard beside.contains(where: { (squeezed($0.shape) ?? $0.shape).count == 3 }) else { return }
    try replace(
      ([boxes] + beside).compactMap { output in squeezed(output.shape).map { (output.name, Reshape(to: $0)) } })
  }

  /// Boxes `[images, 4, rows]` or scores `[images, classes, rows]` beside each other, and the scores of the one class that
  /// there is as a column.
  private mutating func putRowsFirst() throws {
    let flat = shaped.filter { $0.shape.count == 3 }
    let lists = shaped.filter { $0.shape.count == 2 && $0.shape[1] > 4 }
    if let boxes = flat.first(where: { $0.shape[2] == 4 && $0.shape[1] > 4 }) {
      let rows = boxes.shape[1]
      guard !flat.contains(where: { $0.name != boxes.name && $0.shape[1] == rows }) else { return }
      let turned = flat.filter { $0.shape[2] == rows }
      try replace(turned.map { ($0.name, Transpose(permutation: [0, 2, 1])) })
      let own = lists.filter { $0.shape[1] == rows }
      if turned.isEmpty, own.count == 1 { try replace([(own[0].name, Reshape(to: own[0].shape + [1]))]) }
    } else if let boxes = flat.first(where: { $0.shape[1] == 4 && $0.shape[2] > 16 }) {
      let turned = flat.filter { $0.shape[2] == boxes.shape[2] }
      guard turned.count > 1 else { return }
      try replace(turned.map { ($0.name, Transpose(permutation: [0, 2, 1])) })
    }
  }

  /// Rows of boxes and scores in several outputs, such as one for each scale; outputs over the same grids are the same head
  /// twice, as auxiliary ones are.
  private mutating func joinRows() throws {
    let flat = shaped.filter { $0.shape.count == 3 }
    for axis in [1, 2] {
      for (name, shape) in flat {
        let alike = flat.filter { $0.shape[axis] == shape[axis] }
        guard alike.count > 1, alike.count == flat.count, shape[axis] >= 5, name == flat[0].name else { continue }
        let grids = alike.map { HeadRows(of: $0.name, along: 3 - axis, columns).parts.map(\.grid) }
        guard alike.allSatisfy({ JoinedColumns(columns.kinds(of: $0.name, along: axis)) != nil }),
          !grids.dropFirst().contains(where: { $0 == grids[0] && !$0.contains(nil) })
        else { continue }
        let names = alike.map(\.name), joined = "\(name) and others"
        graph.nodes.append(Node(Concatenation(axis: 3 - axis), names, to: joined))
        origins[joined] = sources(of: names)
        graph.outputs = graph.outputs.filter { !names.contains($0) } + [joined]
        return try replan()
      }
    }
  }

  private mutating func replace(_ changes: [(name: String, op: any Operator)]) throws {
    guard !changes.isEmpty else { return }
    for (name, op) in changes {
      // Words in names tell boxes from scores.
      let output = "\(name) as rows"
      graph.nodes.append(Node(op, [name], to: output))
      origins[output] = sources(of: [name])
      if withoutImages.remove(name) != nil { withoutImages.insert(output) }
      graph.outputs = graph.outputs.map { $0 == name ? output : $0 }
    }
    try replan()
  }

  private mutating func replan() throws {
    columns = HeadColumns(ends: GraphEnds(graph), plan: try Plan(graph, rewriting: false))
  }
}

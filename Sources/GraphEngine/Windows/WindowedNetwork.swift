public import Kernels

/// A network that is run again with windows of its image changed, as patches of the values that the change can reach.
///
/// Each value that a window can have changed in a part only is computed there only, for as many windows at a time as the plan
/// has images; what an operator sees beyond the patch is taken from a run of the unchanged image. Once most of a value may
/// have changed it is put together, and the rest of the network is run as it is. Patches are all as large as the largest
/// need be: windows that change about as much are best run together, see ``WindowGroups``.
///
/// Source: Nakandala, Kumar & Papakonstantinou, *Incremental and approximate inference for faster occlusion-based deep CNN
/// explanations*, SIGMOD 2019, doi:10.1145/3299869.3319874, section 4, the exact part.
public struct WindowedNetwork: Sendable {
  /// The network of the patches, for as many windows at a time as the plan it was made of has images.
  ///
  /// Its inputs are the patch of the image, then the values of ``unchanged``, then the places of the patches.
  public let graph: Graph
  /// The values of the unchanged image that patches are laid over.
  public let unchanged: [String]
  /// The extents of the patch of the image.
  public let height: Int, width: Int
  /// How many multiplications and additions it takes, as a share of those of the whole network.
  public let shareOfWork: Double
  /// The share of a value up to which it is computed in patches.
  static let mostInPatches = 0.75

  private let regions: ChangedRegions
  private let places: [[InlaidPart]]

  /// `nil` where the network is not of one image, or of another precision than float32.
  ///
  /// - Parameters:
  ///   - plan: the network, for as many windows as are run at a time; its only input is an image, channels first.
  ///   - rows: the rows of each window.
  ///   - columns: the columns of each window.
  public init?(of plan: Plan, rows: [Range<Int>], columns: [Range<Int>]) {
    guard plan.inputs.count == 1, plan.precision == .float32 else { return nil }
    let shape = plan.values.shapes[plan.inputs[0]]
    guard shape.count == 4, !rows.isEmpty, rows.count == columns.count else { return nil }
    let regions = ChangedRegions(
      rows: ChangedSpans(rows, of: shape[2]), columns: ChangedSpans(columns, of: shape[3]))
    var patching = Patching(plan, regions, windows: rows.count)
    for step in plan.steps { patching.append(step) }
    (height, width) = (regions.rows.length, regions.columns.length)
    graph = patching.graph()
    unchanged = patching.unchanged
    places = patching.places
    self.regions = regions
    shareOfWork = patching.work / patching.wholeWork
  }

  /// The first row and column of a window's patch of the image.
  public func origin(of window: Int) -> (row: Int, column: Int) {
    (regions.rows.start(window), regions.columns.start(window))
  }

  /// The last inputs of ``graph``: where the patches of these windows lie, as many as the graph has images.
  public func places(of windows: [Int]) -> [NDArray] {
    places.map { parts in
      NDArray(
        windows.flatMap { window -> [Float] in
          let part = parts[window]
          return [part.row, part.column, part.firstRow, part.firstColumn].map(Float.init)
        }, shape: [windows.count, 4])
    }
  }
}

/// The nodes of a windowed network, step by step.
private struct Patching {
  let plan: Plan
  private let windows: Int
  /// What has changed of each value that is there as patches.
  private var regions: [ValueID: ChangedRegions] = [:]
  /// What each value that is there as a whole is called.
  private var wholes: [ValueID: String] = [:]
  private var nodes: [Node] = []
  private var image: Graph.Input
  private(set) var unchanged: [String] = []
  private(set) var places: [[InlaidPart]] = []
  private(set) var work = 0.0, wholeWork = 0.0

  init(_ plan: Plan, _ changed: ChangedRegions, windows: Int) {
    self.plan = plan
    self.windows = windows
    let input = plan.inputs[0]
    regions[input] = changed
    image = Graph.Input(
      plan.values.names[input],
      shape: plan.values.shapes[input].prefix(2) + [changed.rows.length, changed.columns.length])
  }

  mutating func append(_ step: PlannedStep) {
    let shapes = step.inputs.map { plan.values.shapes[$0] }, shape = plan.values.shapes[step.output]
    let whole = Double(step.node.op.multiplyAdds(of: shapes, output: shape))
    if step.wanted.contains(true) { wholeWork += whole }
    if let changed = step.changed(from: regions, plan.values), changed.share < WindowedNetwork.mostInPatches {
      appendPatch(step, changed)
      work += whole * changed.share
      return
    }
    let inputs = zip(step.inputs, step.wanted).map { input, isWanted in
      isWanted ? self.whole(input) : plan.values.names[input]
    }
    nodes.append(Node(step.node.name, step.node.op, inputs, to: plan.values.names[step.output]))
    if step.wanted.contains(true) {
      wholes[step.output] = plan.values.names[step.output]
      work += whole
    }
  }

  mutating func graph() -> Graph {
    let outputs = plan.outputs.map { whole($0) }
    let images = plan.values.shapes[plan.inputs[0]][0]
    let before = unchanged.map { name in
      Graph.Input(Self.before(name), shape: [1] + (plan.shape(of: name) ?? []).dropFirst())
    }
    let numbers = places.indices.map { Graph.Input(Self.places($0), shape: [images, 4]) }
    return Graph(
      inputs: [image] + before + numbers, nodes: nodes, constants: plan.graph.constants, outputs: outputs)
  }

  private mutating func appendPatch(_ step: PlannedStep, _ changed: ChangedRegions) {
    var inputs = step.inputs.map { plan.values.names[$0] }, op = step.node.op
    if let window = SlidingWindow(op, inputs: step.inputs.map { plan.values.shapes[$0] }) {
      op = window.unpadded
      if !window.isPointwise {
        inputs[0] = inlay(
          step.inputs[0], height: window.seen(for: changed.rows.length, axis: 0),
          width: window.seen(for: changed.columns.length, axis: 1), fill: window.fill
        ) { number in
          (
            window.first(for: changed.rows.start(number), axis: 0),
            window.first(for: changed.columns.start(number), axis: 1)
          )
        }
      }
    } else {
      for (place, input) in step.inputs.enumerated() where regions[input] != nil && regions[input] != changed {
        inputs[place] = inlay(input, height: changed.rows.length, width: changed.columns.length) {
          (changed.rows.start($0), changed.columns.start($0))
        }
      }
    }
    nodes.append(Node(step.node.name, op, inputs, to: plan.values.names[step.output]))
    regions[step.output] = changed
  }

  /// What the whole of a value is called, put together where it is there as patches.
  private mutating func whole(_ value: ValueID) -> String {
    if let name = wholes[value] { return name }
    let shape = plan.values.shapes[value]
    let name = inlay(value, height: shape[2], width: shape[3]) { _ in (0, 0) }
    wholes[value] = name
    return name
  }

  /// Lays the patches of a value over the value; the name of a part of it that begins, for each window, at `first`.
  private mutating func inlay(
    _ value: ValueID, height: Int, width: Int, fill: Float = 0, first: (_ window: Int) -> (row: Int, column: Int)
  ) -> String {
    let name = plan.values.names[value], region = regions[value]!
    if !unchanged.contains(name) { unchanged.append(name) }
    places.append(
      (0..<windows).map { window in
        let (row, column) = first(window)
        return InlaidPart(
          row: region.rows.start(window), column: region.columns.start(window), firstRow: row, firstColumn: column)
      })
    let number = places.count - 1, part = "part \(number) of '\(name)'"
    nodes.append(
      Node(Inlay(height: height, width: width, fill: fill), [name, Self.before(name), Self.places(number)], to: part))
    return part
  }

  private static func before(_ name: String) -> String { "'\(name)' before" }
  private static func places(_ number: Int) -> String { "places of part \(number)" }
}

extension PlannedStep {
  /// What has changed of the output where that can be computed in patches, given what has changed of values that are there
  /// as patches; `nil` where it cannot.
  func changed(from regions: [ValueID: ChangedRegions], _ values: ValueTable) -> ChangedRegions? {
    let shape = values.shapes[output]
    let varying = inputs.filter { values.isVariable[$0] }
    let patches = varying.compactMap { regions[$0] }
    guard shape.count == 4, let first = patches.first, patches.count == varying.count else { return nil }
    if let window = SlidingWindow(node.op, inputs: inputs.map { values.shapes[$0] }) {
      return wanted[0] && varying.count == 1 ? window.behind(first, height: shape[2], width: shape[3]) : nil
    }
    let alike = varying.allSatisfy { values.shapes[$0].suffix(2) == shape.suffix(2) }
    guard alike, actsOnEachPlace(values) else { return nil }
    return patches.dropFirst().reduce(first) { $0.union($1) }
  }

  /// Whether each position of the output depends on the same position of the inputs alone, in the same way wherever it is.
  fileprivate func actsOnEachPlace(_ values: ValueTable) -> Bool {
    let constants = zip(inputs, wanted).filter { !$0.1 }.map { values.shapes[$0.0] }
    switch node.op {
    case is BatchNormalization, is ElementwiseFunction, is Identity: return wanted[0]
    case is Arithmetic: return constants.allSatisfy { $0.suffix(2).allSatisfy { $0 == 1 } }
    case let op as Concatenation: return op.axis == 1 && constants.isEmpty
    default: return false
    }
  }
}

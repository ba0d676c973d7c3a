public import AttributionKit
public import GraphEngine
import Kernels

/// A graph read as a detector: the same network with one output for each thing that its rows say.
public struct DetectionReading: Sendable {
  /// The graph with the outputs that ``DetectionHead`` names, the scores first.
  public let graph: Graph
  /// What the rows mean.
  public let head: DetectionHead
  /// What could not be told for certain and was assumed, each a clause.
  public let assumptions: [String]
  /// The outputs of the file that are read, as the file calls them.
  public let sources: [String]

  /// The outputs of a file that nothing is read from, as the file calls them.
  public func leftOut(of outputs: [String]) -> [String] { outputs.filter { !sources.contains($0) } }

  /// What the file says beside its graph.
  public struct Hints: Sendable {
    /// What somebody has settled.
    public var settings: DetectionSettings
    /// How many names of classes there are, from metadata or a list of labels.
    public var labelCount: Int?
    /// What the network is for, as Ultralytics writes it: `detect`, `segment`, `pose`, `obb`.
    public var task: String?
    /// How many key points a row has and how many numbers each of them, as Ultralytics writes it: `[17, 3]`.
    public var keyPoints: [Int]?
    /// What the key points are called.
    public var keyPointNames: [String]?
    /// Whether the rows are those before the file chooses among them, as corners rather than middles perhaps.
    public var areBeforeChoice = false

    /// What is known beside the graph.
    public init(
      settings: DetectionSettings = DetectionSettings(), labelCount: Int? = nil, task: String? = nil,
      keyPoints: [Int]? = nil, keyPointNames: [String]? = nil
    ) {
      (self.settings, self.labelCount, self.task) = (settings, labelCount, task)
      (self.keyPoints, self.keyPointNames) = (keyPoints, keyPointNames)
    }
  }

  /// Reads a graph with all of its outputs; `nil` where they are no detector's.
  ///
  /// - Parameters:
  ///   - graph: a network for any number of images.
  ///   - hints: what is known beside it.
  /// - Throws: ``GraphError`` where it cannot be planned.
  public init?(of graph: Graph, _ hints: Hints) throws {
    let image = graph.inputs.first { ImageGrid(Array($0.shape.dropFirst())) != nil }
    guard let image, let grid = ImageGrid(Array(image.shape.dropFirst())) else { return nil }
    let outputs = try HeadOutputs(of: graph)
    var reader = DetectionReader(
      graph: outputs.graph, columns: outputs.columns, hints: hints, imageSize: (grid.height, grid.width))
    reader.withoutImages = outputs.withoutImages
    if hints.areBeforeChoice {
      reader.frame = InnerFrame(of: outputs.columns.plan, image: image.name, (grid.height, grid.width)) ?? reader.frame
    }
    guard let head = reader.read() else { return nil }
    self.head = head
    assumptions = reader.assumptions
    sources = outputs.sources(of: reader.sources)
    self.graph = reader.rewritten()
  }

  /// The name of the value that holds one of a detector's outputs.
  static func value(of output: String) -> String { "detector.\(output)" }
}

/// Finds a detector's layout among the outputs of a graph, and what computes each of its parts.
struct DetectionReader {
  let graph: Graph
  let columns: HeadColumns
  let hints: DetectionReading.Hints
  let imageSize: (height: Int, width: Int)
  /// The image that boxes and cells are counted on.
  var frame: InnerFrame
  /// The outputs that lack the axis of the images in the file.
  var withoutImages: Set<String> = []
  var assumptions: [String] = []
  var sources: [String] = []
  var nodes: [Node] = []
  /// The outputs found, by the names that ``DetectionHead`` gives them, and the values that hold them.
  var found: [(name: String, value: String)] = []
  var constants: [String: NDArray] = [:]

  init(
    graph: Graph, columns: HeadColumns, hints: DetectionReading.Hints, imageSize: (height: Int, width: Int)
  ) {
    (self.graph, self.columns, self.hints, self.imageSize) = (graph, columns, hints, imageSize)
    frame = InnerFrame(width: Float(imageSize.width))
  }

  /// The layout, by the first reading that fits.
  mutating func read() -> DetectionHead? {
    readEndToEnd() ?? readRankedOutputs() ?? readJoinedRows() ?? readHeatMaps() ?? readScales()
      ?? readSeparateOutputs() ?? readScoresAlone()
  }

  /// The network with what was found for its outputs.
  func rewritten() -> Graph {
    var graph = graph
    graph.nodes += nodes
    graph.constants.merge(constants) { own, _ in own }
    for (name, value) in found {
      graph.nodes.append(Node(Identity(), [value], to: DetectionReading.value(of: name)))
    }
    graph.outputs = found.map { DetectionReading.value(of: $0.name) }
    return graph
  }

  var settings: DetectionSettings { hints.settings }

  /// How many images the graph is for.
  var batch: Int { graph.inputs.first?.shape.first ?? 1 }

  // MARK: Making the parts

  /// Remembers a value of three axes, the images first, as an output, `[images, rows, columns]` whatever the value's own
  /// order; `axis` is the one that runs over the columns, 1 or 2.
  mutating func put(_ name: String, _ value: String, columnsAlong axis: Int) {
    guard axis == 1 else { return found.append((name, value)) }
    found.append((name, add(Transpose(permutation: [0, 2, 1]), [value], "\(name).rows")))
  }

  /// Remembers a range of the columns of an output as one of its own, as it is.
  mutating func put(_ name: String, of value: String, _ shape: [Int], along axis: Int, _ range: Range<Int>) {
    put(name, slice(value, shape, axis, range, "\(name).part"), columnsAlong: axis)
  }

  /// The logits of a range of columns, and whether they are logits at all.
  mutating func putLogits(
    _ name: String, of value: String, _ shape: [Int], along axis: Int, _ range: Range<Int>,
    behind ending: HeadLifting.Ending = .sigmoid
  ) -> Bool {
    var lifting = HeadLifting(columns, naming: "detector.\(name).logit", behind: ending)
    guard let logits = lifting.logits(of: value, along: axis, range) else {
      put(name, of: value, shape, along: axis, range)
      return false
    }
    nodes += lifting.nodes
    put(name, logits, columnsAlong: axis)
    return true
  }

  mutating func slice(_ value: String, _ shape: [Int], _ axis: Int, _ range: Range<Int>, _ name: String) -> String {
    guard range != 0..<shape[axis] else { return value }
    var (starts, ends) = (shape.map { _ in 0 }, shape)
    (starts[axis], ends[axis]) = (range.lowerBound, range.upperBound)
    return add(Slice(starts: starts, ends: ends, steps: shape.map { _ in 1 }), [value], name)
  }

  mutating func add(_ op: any Operator, _ inputs: [String], _ name: String) -> String {
    let output = "detector.\(name).\(nodes.count)"
    nodes.append(Node(op, inputs, to: output))
    return output
  }

  /// The outputs of the file with their shapes, of three axes where extents of one stand around those.
  var outputs: [(name: String, shape: [Int])] { graph.outputs.map { ($0, columns.shape($0)) } }
}

extension DetectionReader {
  /// The cells of rows, by the grids that they are followed back to, or by the usual strides where their number says so.
  func cells(of value: String, along axis: Int, rows: Int) -> [BoxCoding.Cell] {
    let found = HeadRows(of: value, along: axis, columns).cells(width: frame.width)
    if found.count == rows { return found }
    for strides in [settings.strides ?? [], [8, 16, 32], [8, 16, 32, 64], [16, 32], [16], [8], [32]]
    where !strides.isEmpty {
      let grids = strides.map { ((imageSize.height + $0 - 1) / $0, (imageSize.width + $0 - 1) / $0) }
      guard grids.reduce(0, { $0 + $1.0 * $1.1 }) == rows else { continue }
      return zip(strides, grids).flatMap { stride, grid in
        (0..<grid.0 * grid.1).map {
          BoxCoding.Cell(left: Float($0 % grid.1 * stride), top: Float($0 / grid.1 * stride), stride: Float(stride))
        }
      }
    }
    return []
  }

  /// What nobody settled of boxes that only their numbers tell.
  var openTraits: Set<DetectionHead.Trait> {
    Set((settings.boxes == nil ? [.form] : []) + (settings.units == nil ? [.units] : []))
  }

  /// How boxes are read: as somebody settled, or as was found.
  func boxes(_ form: BoxCoding.Form, isRelative: Bool) -> BoxCoding {
    let isRelative = settings.units.map { $0 == .relative } ?? isRelative
    return BoxCoding(
      settings.boxes ?? form, horizontal: isRelative ? Float(imageSize.width) : frame.across,
      vertical: isRelative ? Float(imageSize.height) : frame.down)
  }
}

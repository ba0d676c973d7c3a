/// A network read from an ONNX file: weights converted once, its graph not yet lowered.
///
/// A model serves any number of ``graph(batch:imageSize:inputShapes:output:fixed:)``; all of them share the weights' memory.
public struct ONNXModel: Sendable {
  /// What the network is fed with; weights are not among them.
  public let inputs: [ONNXValue]
  /// What it computes, in the file's order.
  public internal(set) var outputs: [ONNXValue]
  /// The version of each operator set the file uses, by domain; ONNX's own is the empty domain.
  public let opsets: [String: Int]
  /// The program that wrote the file, with its version where it says so.
  public let producer: String
  /// What that program says of the network, by key: names of classes, sizes, whatever it has.
  public let metadata: [String: String]

  let nodes: [FileNode]
  let constants: [String: Constant]
  /// How channels lie where onnxruntime has images in blocks; `nil` in other networks.
  let channelBlock: ChannelBlock?

  /// Every value that some node of the network computes, in the file's order: each can be asked for in place of an output.
  public var valueNames: [String] { nodes.flatMap(\.outputs).filter { !$0.isEmpty } }

  /// The version of ONNX's own operator set.
  public var opset: Int { opsets[""] ?? 0 }
}

/// An input or output of a network as the file declares it.
public struct ONNXValue: Hashable, Sendable {
  /// Its name in the file.
  public let name: String
  /// One entry per axis; `nil` where the file does not even tell the number of axes.
  public let shape: [ONNXExtent]?
  /// What the file takes the elements for; the engine computes with reals.
  let elementType: ElementType

  /// Whether the file takes the elements for whole numbers, as samples of photographs are.
  public var isInteger: Bool { !elementType.isReal }

  /// The whole numbers that the file takes the elements for; `nil` for reals.
  public var wholeNumbers: ClosedRange<Int>? { elementType.range }

  /// The shape as people write it: `batch × 3 × 224 × 224`.
  public var spelledShape: String {
    guard let shape else { return "of unknown shape" }
    return shape.isEmpty ? "a scalar" : shape.map(\.description).joined(separator: " × ")
  }
}

/// The extent of one axis: a number, or left open, usually under a name such as `batch`.
public enum ONNXExtent: Hashable, Sendable, CustomStringConvertible {
  case fixed(Int)
  case open(String)

  public var description: String {
    switch self {
    case .fixed(let extent): "\(extent)"
    case .open(let name): name.isEmpty ? "?" : name
    }
  }
}

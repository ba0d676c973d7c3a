/// Why a file cannot be read as a network, by whose fault it is.
///
/// Each case reads as one sentence that ends with what to do about it.
public enum ONNXError: Error, Hashable, Sendable {
  // MARK: The file

  case missingFile(String)
  case unreadableFile(String, reason: String)
  case emptyFile(String)
  case notONNX(String, looksLike: FileKind)
  /// The file ends in the middle of a message.
  case truncated(String)
  /// A message that no exporter writes: dangling values, missing parts, two values of one name.
  case malformedGraph(String)
  case malformedNode(node: String, reason: String)
  case malformedTensor(name: String, reason: String)
  case missingExternalData(tensor: String, file: String)
  case invalidExternalData(tensor: String, reason: String)

  // MARK: The limits of this importer

  case unsupportedOpset(Int)
  case unsupportedElementType(tensor: String, type: String)
  /// Every operator of the network that cannot be lowered.
  case unsupported([UnsupportedNode])
  /// An operator that is known, used in a way that is not.
  case unsupportedUse(node: String, reason: String)
  case tooLarge(value: String, shape: [Int])

  // MARK: What was asked for

  /// The network was exported for another number of images; run it that often instead.
  case fixedBatch(input: String, declared: Int, asked: Int)
  case unknownImageSize(input: String)
  case fixedImageSize(input: String, declared: [Int], asked: [Int])
  /// Images of this size do not fit a network that leaves their size open; those with sides of `fitting` would.
  case unfitImageSize(height: Int, width: Int, reason: String, fitting: Int?)
  case unknownShape(input: String, declared: String)
  case wrongShape(input: String, declared: String, asked: [Int])
  /// An array for an input of whole numbers has others.
  case wrongValue(input: String, reason: String)
  case noSuchOutput(String, outputs: [String])
  case noSuchInput(String, inputs: [String])
}

/// A node whose operator cannot be lowered.
public struct UnsupportedNode: Hashable, Sendable {
  /// The node's name, or that of its output where it has none.
  public let node: String
  public let `operator`: String
  /// Empty for ONNX's own operators.
  public let domain: String
  /// The version of the operator set that the file asks for.
  public let opset: Int

  public init(node: String, operator: String, domain: String, opset: Int) {
    self.node = node
    self.operator = `operator`
    self.domain = domain
    self.opset = opset
  }
}

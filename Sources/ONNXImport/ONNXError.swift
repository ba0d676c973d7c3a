public import FileKinds

/// Why a file cannot be read as a network, by whose fault it is.
///
/// Each case reads as one sentence that ends with what to do about it.
public enum ONNXError: Error, Hashable, Sendable {
  // MARK: The file

  /// There is no file at the path.
  case missingFile(String)
  /// The file is there and cannot be read.
  case unreadableFile(String, reason: String)
  /// The file has no bytes.
  case emptyFile(String)
  /// The file is of another kind.
  case notONNX(String, looksLike: FileKind)
  /// The file ends in the middle of a message.
  case truncated(String)
  /// A message that no exporter writes: dangling values, missing parts, two values of one name.
  case malformedGraph(String)
  /// A node that contradicts the specification of its operator.
  case malformedNode(node: String, reason: String)
  /// A weight whose bytes do not fit its shape.
  case malformedTensor(name: String, reason: String)
  /// The weights beside the file are not there.
  case missingExternalData(tensor: String, file: String)
  /// The weights beside the file do not fit.
  case invalidExternalData(tensor: String, reason: String)

  // MARK: The limits of this importer

  /// The file asks for an operator set older than any that is known.
  case unsupportedOpset(Int)
  /// A weight of a type that the engine has no numbers for.
  case unsupportedElementType(tensor: String, type: String)
  /// Every operator of the network that cannot be lowered.
  case unsupported([UnsupportedNode])
  /// An operator that is known, used in a way that is not.
  case unsupportedUse(node: String, reason: String)
  /// A value of more elements than the engine can hold.
  case tooLarge(value: String, shape: [Int])

  // MARK: What was asked for

  /// The network was exported for another number of images; run it that often instead.
  case fixedBatch(input: String, declared: Int, asked: Int)
  /// The network makes one answer of several images, so that none has one of its own.
  case mixedImages(input: String, images: Int)
  /// The only input is no image.
  case notAnImage(input: String, declared: String)
  /// The file leaves the size of its image open, and none is given.
  case unknownImageSize(input: String)
  /// The file takes images of another size.
  case fixedImageSize(input: String, declared: [Int], asked: [Int])
  /// Images of this size do not fit a network that leaves their size open; those with sides of `fitting` would.
  case unfitImageSize(height: Int, width: Int, reason: String, fitting: Int?)
  /// The file leaves a shape open, and none is given.
  case unknownShape(input: String, declared: String)
  /// The file declares another shape than the one given.
  case wrongShape(input: String, declared: String, asked: [Int])
  /// An array for an input of whole numbers has others.
  case wrongValue(input: String, reason: String)
  /// The file computes no value of this name.
  case noSuchOutput(String, outputs: [String])
  /// The file has no input of this name.
  case noSuchInput(String, inputs: [String])
}

/// A node whose operator cannot be lowered.
public struct UnsupportedNode: Hashable, Sendable {
  /// The node's name, or that of its output where it has none.
  public let node: String
  /// What ONNX calls the operator.
  public let `operator`: String
  /// Empty for ONNX's own operators.
  public let domain: String
  /// The version of the operator set that the file asks for.
  public let opset: Int

  /// A node by its name, its operator and where that is defined.
  public init(node: String, operator: String, domain: String, opset: Int) {
    self.node = node
    self.operator = `operator`
    self.domain = domain
    self.opset = opset
  }
}

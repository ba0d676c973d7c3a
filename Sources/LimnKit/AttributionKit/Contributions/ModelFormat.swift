public import Tensors

/// A kind of model file, or a framework, that the command can be taught to open.
///
/// A format is asked whether a file is its own after Keras, and before ONNX, whose files bear no mark of their own.
public protocol ModelFormat: Sendable {
  /// The name in lower case with hyphens: `tiny-text`.
  var identifier: String { get }

  /// What is read, in one sentence: "Two-layer networks written as text."
  var summary: String { get }

  /// Whether a file is of this format, by its content and not by its name; it must not fail on any content.
  ///
  /// `contents` is the whole file, mapped, and valid during the call only.
  func recognises(_ contents: UnsafeRawBufferPointer, at path: String) -> Bool

  /// Reads the network and makes it ready to be asked.
  ///
  /// - Throws: A ``Refusal`` where the file is damaged, or the request cannot be met.
  func open(_ request: ModelRequest) throws -> OpenedModel
}

/// What the command line and the images settle about a network that its file leaves open.
public struct ModelRequest: Sendable {
  /// The file, as the user named it.
  public var path: String
  /// The input's height and width, where the user gave them.
  public var imageSize: (height: Int, width: Int)?
  /// The shape of the first input given as an array, without the batch.
  public var arrayShape: [Int]?
  /// The output that is explained, by name or number; `nil` for the first.
  public var output: String?
  /// What inputs other than the image are fixed to, by their names.
  public var fixedInputs: [String: Tensor]
  /// What the network should multiply.
  public var precision: Precision

  public init(
    path: String, imageSize: (height: Int, width: Int)? = nil, arrayShape: [Int]? = nil, output: String? = nil,
    fixedInputs: [String: Tensor] = [:], precision: Precision = .float32
  ) {
    self.path = path
    self.imageSize = imageSize
    self.arrayShape = arrayShape
    self.output = output
    self.fixedInputs = fixedInputs
    self.precision = precision
  }

  /// What a network multiplies.
  public enum Precision: String, Hashable, Sendable { case float32, bfloat16 }
}

/// A network as its format hands it over.
public struct OpenedModel: Sendable {
  public var model: any ModelAdapter
  /// How many logits it has.
  public var classCount: Int
  /// The names of the classes, one for each; `nil` where the file holds none.
  public var classNames: [String]?
  /// The program that wrote the file, where it says so.
  public var producer: String?
  /// How photographs are prepared; `nil` where the file does not say.
  public var preparation: ImagePreparation?

  public init(
    _ model: any ModelAdapter, classCount: Int, classNames: [String]? = nil, producer: String? = nil,
    preparation: ImagePreparation? = nil
  ) {
    self.model = model
    self.classCount = classCount
    self.classNames = classNames
    self.producer = producer
    self.preparation = preparation
  }
}

/// How a photograph becomes a network's input: the recipe the network was trained with.
public struct ImagePreparation: Hashable, Sendable {
  /// The network's number is `(sample · scale − mean) / deviation`, the sample being 0…255.
  public var scale: Float
  /// One for all channels, or one for each in the network's own order.
  public var mean: [Float], deviation: [Float]
  public var channelOrder: ChannelOrder
  public var fit: Fit

  public init(
    scale: Float = 1 / 255, mean: [Float] = [0], deviation: [Float] = [1], channelOrder: ChannelOrder = .rgb,
    fit: Fit = .crop(keeping: 0.875)
  ) {
    self.scale = scale
    self.mean = mean
    self.deviation = deviation
    self.channelOrder = channelOrder
    self.fit = fit
  }

  /// What the network calls channels 0, 1, 2; a network with one channel gets luminance whatever stands here.
  public enum ChannelOrder: Hashable, Sendable { case rgb, bgr }

  /// How a photograph of other proportions is brought to the input's extent.
  public enum Fit: Hashable, Sendable {
    /// Fills the input and cuts off what sticks out; of the resized short side only this share is kept, 0.875 resizing
    /// it to 256 pixels for an input of 224.
    case crop(keeping: Double)
    /// Shows all of the photograph, at the price of proportions.
    case stretch
    /// Shows all of it in its proportions, with bars of this grey level.
    case letterbox(fill: UInt8)
  }
}

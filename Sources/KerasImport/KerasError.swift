/// Why a file cannot be read as a Keras network, by whose fault it is.
///
/// Each case reads as one sentence that ends with what to do about it.
public enum KerasError: Error, Hashable, Sendable {
  // MARK: The file

  /// There is no file at the path.
  case missingFile(String)
  /// The file is there and cannot be read.
  case unreadableFile(String, reason: String)
  /// The file has no bytes.
  case emptyFile(String)
  /// Neither a `.keras` archive nor an HDF5 file.
  case notKeras(String)
  /// A zip archive or HDF5 file that is damaged, or cut short.
  case damaged(String, reason: String)
  /// Sound files that hold no whole model.
  case noModel(String, reason: String)
  /// A file of Keras 1, whose layers have other settings.
  case oldVersion(String, version: String)
  /// A description that contradicts itself.
  case malformed(reason: String)
  /// A layer whose settings contradict its inputs or its weights.
  case malformedLayer(KerasLayer, reason: String)
  /// A layer without weights in the file.
  case missingWeights(KerasLayer, place: String)
  /// Weights of another shape than the layer's.
  case wrongWeights(KerasLayer, weight: String, expected: [Int], found: [Int])

  // MARK: The limits of this importer

  /// Every layer of the network that cannot be lowered.
  case unsupported([KerasLayer])
  /// A layer that is known, used in a way that is not.
  case unsupportedUse(KerasLayer, reason: String)
  /// A value of more elements than the engine can hold.
  case tooLarge(value: String, shape: [Int])

  // MARK: What was asked for

  /// The network takes another number of images.
  case fixedBatch(input: String, declared: Int, asked: Int)
  /// The network makes one answer of several images, so that none has one of its own.
  case mixedImages(input: String, images: Int)
  /// The network leaves the size of its image open, and none is given.
  case unknownImageSize(input: String)
  /// The network takes images of another size.
  case fixedImageSize(input: String, declared: [Int], asked: [Int])
  /// The network leaves a shape open, and none is given.
  case unknownShape(input: String, declared: String)
  /// Images of this size do not fit a network that leaves their size open; those with sides of `fitting` would.
  case unfitImageSize(height: Int, width: Int, reason: String, fitting: Int?)
  /// The network has no input of this name.
  case noSuchInput(String, inputs: [String])
  /// An array for an input that is fixed has another shape than that.
  case wrongShape(input: String, declared: [Int], given: [Int])
  /// There is not one Lambda layer of this name.
  case noSuchLambda(String, lambdas: [String])
  /// What a Lambda layer is said to compute cannot be read.
  case wrongLambda(KerasLayer, expression: String, reason: String)
}

/// A layer as errors name it.
public struct KerasLayer: Hashable, Sendable, CustomStringConvertible {
  /// The layer's name, below those of the models it is nested in: `resnet50/conv1_conv`.
  public let name: String
  /// Keras' name for its kind: `Conv2D`.
  public let className: String

  /// A layer by its name and its class.
  public init(name: String, className: String) {
    self.name = name
    self.className = className
  }

  public var description: String { "the layer '\(name)' (\(className))" }
}

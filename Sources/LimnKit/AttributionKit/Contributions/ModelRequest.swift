public import Tensors

/// Which network to open, and what is settled about it that its file leaves open.
public struct ModelRequest: Sendable {
  /// The file, as the user named it.
  public var path: String
  /// The name of the network, for files that hold nothing but its weights.
  public var architecture: String?
  /// The input's height and width in pixels, where the user gave them.
  public var imageSize: (height: Int, width: Int)?
  /// The shape of the first input given as an array, without the batch.
  public var arrayShape: [Int]?
  /// The output that is explained, by name or number from 0; `nil` for the one that is the answer.
  public var output: String?
  /// What inputs other than the image are fixed to, by their names, in the inputs' own shapes, the batch among them.
  public var fixedInputs: [String: Tensor]
  /// The names of inputs that get a picture of their own with every run, besides the one that the photograph is for.
  public var pictureInputs: Set<String> = []
  /// A vector for each class, `[classes, features]`, that the network's embedding is compared with; `nil` where the network
  /// has classes of its own.
  public var classVectors: Tensor?
  /// What layers compute that the file holds as code, which is never run, by the layers' names: `"x / 127.5 - 1"`.
  public var lambdas: [String: String] = [:]
  /// What the network should multiply.
  public var precision: Precision
  /// How many names of classes the user gave, which tells a network's answer from its other outputs; `nil` for none.
  public var classCount: Int?
  /// What the numbers of the output explained mean; `nil` for what the file itself says, or else classes.
  public var answer: Answer?
  /// How the rows of a detector are read, where its file does not say; `nil` where nobody said.
  public var detection: DetectionSettings?
  /// How many threads the network computes on, at least 1; `nil` for as many as the machine has processors.
  public var threads: Int?

  /// A request for the network in a file.
  public init(
    path: String, architecture: String? = nil, imageSize: (height: Int, width: Int)? = nil, arrayShape: [Int]? = nil,
    output: String? = nil, fixedInputs: [String: Tensor] = [:], precision: Precision = .float32, threads: Int? = nil
  ) {
    self.path = path
    self.architecture = architecture
    self.imageSize = imageSize
    self.arrayShape = arrayShape
    self.output = output
    self.fixedInputs = fixedInputs
    self.precision = precision
    self.threads = threads
  }

  /// What the numbers of an output mean, where a softmax or sigmoid in the file does not say.
  public enum Answer: String, Hashable, Sendable, Codable, CaseIterable {
    /// Scores of classes of which one is right; a single number is the logit of a yes-or-no question.
    case classes
    /// Scores of classes of which several may be right, each by itself.
    case multilabel
    /// Numbers that are no scores of classes, as a regression's: they are taken as they are, whatever the output ends in.
    case numbers
  }

  /// What a network multiplies.
  public enum Precision: String, Hashable, Sendable {
    case float32
    /// The upper half of a float: its range, and 8 bits of precision instead of 24.
    case bfloat16
  }
}

/// A network as its format hands it over, with what only its file knows.
public struct OpenedModel: Sendable {
  public var model: any ModelAdapter
  /// The shape of its answer for one image: `[classes]`, `[classes, height, width]` where it answers for each place of
  /// the image, or the `[features]` of an embedding.
  public var outputShape: [Int] { model.explained.shape }
  /// The names of the classes, one for each; `nil` where the file holds none.
  public var classNames: [String]?
  /// What the network is called above drawings, where the file's name alone would not do: `resnet50 (weights.bin)`.
  public var title: String?
  /// The network that the file holds the weights of, where it holds nothing else.
  public var architecture: String?
  /// The program that wrote the file, where it says so.
  public var producer: String?
  /// The version of ONNX's operators that the file uses, where it is one of ONNX's.
  public var opset: Int?
  /// How photographs are prepared; `nil` where the file does not say.
  public var preprocessing: Preprocessing?
  /// How the pictures of further inputs are prepared, by the inputs' names, where the file says.
  public var otherPreprocessing: [String: Preprocessing] = [:]
  /// Whether nothing in the file says what the numbers of its answer mean, which are taken for classes then.
  public var isAnswerAssumed = false
  /// What was assumed in opening it, and what people should know of it.
  public var notes: [Note]

  /// A network, with what is known of it.
  public init(
    _ model: any ModelAdapter, classNames: [String]? = nil, title: String? = nil,
    architecture: String? = nil, producer: String? = nil, opset: Int? = nil, preprocessing: Preprocessing? = nil,
    notes: [Note] = []
  ) {
    self.model = model
    self.classNames = classNames
    self.title = title
    self.architecture = architecture
    self.producer = producer
    self.opset = opset
    self.preprocessing = preprocessing
    self.notes = notes
  }
}

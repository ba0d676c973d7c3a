/// A network as its paper describes it: layers and how they are wired, without weights.
///
/// ```swift
/// let tiny = NetworkDefinition("tiny", input: [3, 32, 32], classifier: "fc") { classes in
///   Convolution("conv1", channels: 16, kernel: 3, padding: 1)
///   ReLU("relu1")
///   GlobalAveragePool("avgpool")
///   Flatten()
///   Linear("fc", outputs: classes)
/// }
/// ```
public struct NetworkDefinition: Sendable {
  public let name: String
  /// Where the network was published.
  public let source: String
  /// The channels, height and width of an image where nothing else is asked for.
  public let input: [Int]
  /// How many classes the published weights tell apart.
  public let usualClasses: Int
  /// The layer with one output per class: the first extent of its `weight` is the number of classes.
  public let classifier: String
  /// The name of a parameter for the one under which older files know it.
  let currentName: @Sendable (String) -> String
  private let blocks: @Sendable (_ classes: Int) -> [any Block]

  /// - Parameters:
  ///   - name: as people type it.
  ///   - source: where it was published.
  ///   - input: the channels, height and width of an image where nothing else is asked for.
  ///   - usualClasses: how many the published weights tell apart.
  ///   - classifier: the layer with one output per class.
  ///   - currentName: the name of a parameter for the one under which older files know it; others stay as they are.
  ///   - blocks: the layers from the image to the logits, for a number of classes.
  public init(
    _ name: String, source: String = "", input: [Int] = [3, 224, 224], usualClasses: Int = 1000, classifier: String,
    currentName: @escaping @Sendable (String) -> String = { $0 },
    @BlockBuilder blocks: @escaping @Sendable (_ classes: Int) -> [any Block]
  ) {
    self.name = name
    self.source = source
    self.input = input
    self.usualClasses = usualClasses
    self.classifier = classifier
    self.currentName = currentName
    self.blocks = blocks
  }

  /// The tensors that the weights must hold, in the order of the layers.
  ///
  /// - Throws: ``NetworkError`` where the layers do not fit one another.
  public func parameters(classes: Int? = nil) throws -> [Parameter] {
    try outline(classes: classes ?? usualClasses, input: [1] + input).parameters
  }

  /// How many scalars training learns: the number that papers give.
  public func parameterCount(classes: Int? = nil) throws -> Int {
    try parameters(classes: classes).reduce(0) { $0 + ($1.isStatistic ? 0 : $1.count) }
  }

  /// The network's steps for an input of this shape, batch first.
  func outline(classes: Int, input shape: [Int]) throws -> Outline {
    guard shape.count == 4, shape.allSatisfy({ $0 > 0 }) else { throw NetworkError.unsuitableInput(shape) }
    let image = NetworkBuilder.Value(name: "input", shape: shape)
    var builder = NetworkBuilder(input: image)
    let logits = try builder.apply(blocks(classes), to: image)
    return Outline(builder: builder, input: image, logits: logits)
  }

  /// A network put together, its parameters still to come.
  struct Outline {
    let builder: NetworkBuilder
    let input: NetworkBuilder.Value
    let logits: NetworkBuilder.Value

    var parameters: [Parameter] { builder.parameters }
  }
}

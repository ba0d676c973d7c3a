public import Tensors

/// A score by name, for `--target NAME` or `--target 'NAME(argument, …)'`.
public struct TargetDescriptor: Sendable {
  /// The name users type, in lower case with hyphens: `margin`.
  public let identifier: String
  /// How it is written, with what stands in the parentheses: `margin(class)`; the identifier alone where nothing does.
  public let usage: String
  /// What the score measures, in one sentence.
  public let summary: String

  private let make: @Sendable (TargetRequest) throws -> any Target

  /// A score called `identifier`; `make` reads the arguments, and throws a ``Refusal`` where it cannot.
  public init(
    _ identifier: String, usage: String? = nil, summary: String,
    make: @escaping @Sendable (TargetRequest) throws -> any Target
  ) {
    self.identifier = identifier
    self.usage = usage ?? identifier
    self.summary = summary
    self.make = make
  }

  /// The score that this request asks for.
  public func target(_ request: TargetRequest) throws -> any Target { try make(request) }
}

/// What a named score is told when it is asked for.
public struct TargetRequest: Sendable {
  /// What stood in the parentheses, parted at commas, without blanks around the parts.
  public let arguments: [String]
  /// The outputs of the network for the image at hand.
  public let outputs: Outputs

  private let findClass: @Sendable (String) throws -> Int

  /// A request; `classIndex` finds a class that the user named or numbered.
  public init(arguments: [String], outputs: Outputs, classIndex: @escaping @Sendable (String) throws -> Int) {
    self.arguments = arguments
    self.outputs = outputs
    findClass = classIndex
  }

  /// The value of the output explained, `[classes]` for a classifier.
  public var logits: Tensor { outputs.logits }

  /// The class of this number or name, `prediction` among them, as `--target` itself understands it.
  public func classIndex(of text: String) throws -> Int { try findClass(text) }
}

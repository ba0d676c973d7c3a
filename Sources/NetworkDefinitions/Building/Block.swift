/// A part of a network: one layer, or several put together.
///
/// A block is a value that says what to do; its parameters live elsewhere, under the block's name. The layers of this
/// module are blocks; a block of one's own is a function that returns a ``Sequential``, or, where layers are wired in
/// another way, a type that conforms.
public protocol Block: Sendable {
  /// What the block is called within the block around it: `conv1`.
  ///
  /// Without a name it goes by its place there, from 0, as in PyTorch's `Sequential`. An empty name takes no place and
  /// adds nothing to the names of the block's own parts.
  var name: String? { get }

  /// Appends the block's steps to a network.
  ///
  /// - Parameters:
  ///   - input: what the block is applied to, `[images, channels, height, width]` or `[images, features]`.
  ///   - network: the network so far; inside, names are relative to the block's own.
  /// - Returns: The value the block computes.
  /// - Throws: ``NetworkError`` where the input does not fit.
  func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value
}

/// Lets blocks be listed one per line, with `if` and `for` among them.
@resultBuilder public enum BlockBuilder {
  public static func buildExpression(_ block: some Block) -> [any Block] { [block] }
  public static func buildExpression(_ block: any Block) -> [any Block] { [block] }
  public static func buildExpression(_ blocks: [any Block]) -> [any Block] { blocks }
  public static func buildBlock(_ blocks: [any Block]...) -> [any Block] { blocks.flatMap { $0 } }
  public static func buildArray(_ blocks: [[any Block]]) -> [any Block] { blocks.flatMap { $0 } }
  public static func buildOptional(_ blocks: [any Block]?) -> [any Block] { blocks ?? [] }
  public static func buildEither(first blocks: [any Block]) -> [any Block] { blocks }
  public static func buildEither(second blocks: [any Block]) -> [any Block] { blocks }
}

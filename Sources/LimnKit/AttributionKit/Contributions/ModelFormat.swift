/// A kind of network file that can be opened, or a framework behind one.
///
/// The formats built in conform to it as those do that a program or a plugin adds. A file is opened by the first format
/// that takes it for its own; added ones are asked after Keras, whose files bear a mark, and before bare weights and ONNX,
/// whose files bear none.
public protocol ModelFormat: Sendable {
  /// The name in lower case with hyphens: `tiny-text`.
  var identifier: String { get }

  /// What is read, in one sentence: "Two-layer networks written as text."
  var summary: String { get }

  /// Whether a file is of this format, by its content and not by its name; it must not fail on any content.
  ///
  /// `contents` is the whole file, mapped, and valid during the call only.
  func recognizes(_ contents: UnsafeRawBufferPointer, at path: String) -> Bool

  /// Reads the network and makes it ready to be asked.
  ///
  /// - Throws: A ``ModelFileError`` that tells whose fault it is, or a ``Refusal`` where the file is damaged or the
  ///   request cannot be met.
  func open(_ request: ModelRequest) throws -> OpenedModel
}

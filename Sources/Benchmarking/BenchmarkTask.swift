public import AttributionKit
public import Tensors

/// Pictures and networks of which it is known where the evidence for a score lies.
public protocol BenchmarkTask: Sendable {
  /// As tables and options name it, in lower case with hyphens.
  var identifier: String { get }
  /// What is known, and why, in one sentence.
  var summary: String { get }
  /// Authors, venue and year of what it follows; `nil` for the project's own.
  var citation: String? { get }

  /// Calls `body` with each case, one after the other.
  ///
  /// - Throws: Where the network does not lend itself to the task, or what `body` throws.
  func forEachCase(_ body: (BenchmarkCase) throws -> Void) throws
}

/// A question to a network, and where the evidence for the answer lies.
public struct BenchmarkCase: Sendable {
  public let session: ExplanationSession
  /// `[height, width]` of the input's pixels: 1 where evidence can be, and 0 where none can.
  public let truth: Tensor

  public init(_ session: ExplanationSession, truth: Tensor) { (self.session, self.truth) = (session, truth) }
}

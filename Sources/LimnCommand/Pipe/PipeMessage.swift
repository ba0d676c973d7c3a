import Explaining
import Tensors

/// What another program asks for; which fields count is the action's.
struct PipeRequest: Decodable, Sendable {
  /// Which the answer names.
  let id: Int
  let action: Action
  /// Where relative paths begin.
  var folder: String?
  /// The number of an opened network.
  var model: Int?
  /// Options as the command takes them.
  var arguments: [String]?
  var images: [Image]?
  /// The picture that others are compared with.
  var reference: Image?
  /// Numbers of results.
  var results: [Int]?
  /// Which method of a result.
  var entry: Int?
  /// The file, or an ending.
  var path: String?
  /// The call that makes a page again.
  var call: String?
  /// How many predictions.
  var top: Int?
  /// How many bytes follow the message, frame by frame.
  var frames: [Int]?

  enum Action: String, Decodable, Sendable {
    case hello, open, close, predict, layers, explain, evaluate, render, save, overlay, release, methods, cancel
  }

  /// A picture: a file, or a frame of pixels or numbers.
  struct Image: Decodable, Sendable {
    let name: String
    /// The number of the frame with `[height, width, 3]` bytes, or with float32 in the network's own shape.
    var frame: Int?
    var shape: [Int]?
  }
}

/// An answer: JSON, with numbers behind it as they lie in memory.
struct PipeReply {
  let body: any Encodable & Sendable
  var frames: [Frame] = []

  enum Frame {
    case bytes([UInt8])
    case numbers(Tensor)

    /// How many bytes it takes.
    var count: Int {
      switch self {
      case .bytes(let bytes): bytes.count
      case .numbers(let tensor): tensor.scalars.count * MemoryLayout<Float>.size
      }
    }
  }

  init(_ body: any Encodable & Sendable, frames: [Frame] = []) { (self.body, self.frames) = (body, frames) }
}

/// Why a request was not met.
struct PipeProblem: Encodable, Sendable {
  let problem: String
  /// The exit status that the command would end with.
  let status: Int32

  init(_ error: any Error) {
    if error is CancellationError {
      (problem, status) = ("interrupted", 130)
    } else {
      let told = ExitStatus.told(error)
      (problem, status) = (told.sentence, told.status)
    }
  }
}

/// Where there is nothing to say but that it is done.
struct PipeDone: Encodable, Sendable { var done = true }

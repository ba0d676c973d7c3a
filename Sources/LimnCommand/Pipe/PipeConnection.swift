import Dispatch
import Foundation
import Images
import Synchronization
import Tensors

/// Messages on standard input and output: four bytes of length (the least first), so much JSON, then the frames it counts.
///
/// A thread of its own reads, so that a request can be cancelled while it is worked on, and the process ends at once where
/// its owner does.
final class PipeConnection: Sendable {
  struct Request: Sendable {
    let message: PipeRequest
    let frames: [[UInt8]]
  }

  private let input: Int32
  private let output: Int32
  private let state = Mutex(State())
  private let arrived = DispatchSemaphore(value: 0)

  private struct State: Sendable {
    var waiting: [Request] = []
    var current: Int?
    var isCancelled = false
  }

  /// Takes the two streams for itself: whatever else is printed goes to standard error.
  init() {
    input = dup(STDIN_FILENO)
    output = dup(STDOUT_FILENO)
    dup2(STDERR_FILENO, STDOUT_FILENO)
    let nothing = open("/dev/null", O_RDONLY)
    dup2(nothing, STDIN_FILENO)
    close(nothing)
  }

  func start() {
    Thread.detachNewThread { [self] in
      while let request = read() {
        guard request.message.action == .cancel else {
          state.withLock { $0.waiting.append(request) }
          arrived.signal()
          continue
        }
        state.withLock { if $0.current == request.message.entry { $0.isCancelled = true } }
      }
      // Nobody is left to answer.
      AtomicFile.removePending()
      _exit(0)
    }
  }

  /// The next request, once there is one.
  func next() -> Request? {
    arrived.wait()
    return state.withLock { state in
      let request = state.waiting.removeFirst()
      (state.current, state.isCancelled) = (request.message.id, false)
      return request
    }
  }

  /// Throws `CancellationError` where the request at hand is no longer wanted.
  func checkCancellation() throws { if state.withLock({ $0.isCancelled }) { throw CancellationError() } }

  func send(_ reply: PipeReply, to message: PipeRequest) throws {
    state.withLock { $0.current = nil }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    let envelope = Envelope(id: message.id, frames: reply.frames.map(\.count), body: Body(value: reply.body))
    let text = Array(try encoder.encode(envelope))
    write(withUnsafeBytes(of: UInt32(text.count).littleEndian) { Array($0) } + text)
    for frame in reply.frames {
      switch frame {
      case .bytes(let bytes): write(bytes)
      case .numbers(let tensor): tensor.scalars.withUnsafeBytes { write($0) }
      }
    }
  }

  private struct Envelope: Encodable {
    let id: Int
    let frames: [Int]
    let body: Body
  }

  /// Any answer as JSON.
  private struct Body: Encodable {
    let value: any Encodable
    func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
  }

  private func write(_ bytes: [UInt8]) { bytes.withUnsafeBytes { write($0) } }

  private func write(_ bytes: UnsafeRawBufferPointer) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest)
      let count = Foundation.write(output, piece.baseAddress, piece.count)
      if count >= 0 { rest = rest.dropFirst(count) } else if errno != EINTR { _exit(0) }
    }
  }

  /// `nil` at the end, and where what comes is no message.
  private func read() -> Request? {
    guard let head = read(4) else { return nil }
    let length = head.reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= 1 << 26, let text = read(length),
      let message = try? JSONDecoder().decode(PipeRequest.self, from: Data(text))
    else { return nil }
    var frames: [[UInt8]] = []
    for count in message.frames ?? [] {
      guard 0...(1 << 33) ~= count, let frame = read(count) else { return nil }
      frames.append(frame)
    }
    return Request(message: message, frames: frames)
  }

  private func read(_ count: Int) -> [UInt8]? {
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      while initialized < count {
        let got = Foundation.read(input, buffer.baseAddress.map { $0 + initialized }, count - initialized)
        if got > 0 { initialized += got } else if got == 0 || errno != EINTR { return }
      }
    }
    return bytes.count == count ? bytes : nil
  }
}

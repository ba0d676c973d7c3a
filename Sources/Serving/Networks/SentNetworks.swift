public import Explaining
import Foundation
import Synchronization

/// Whether people may send networks, of which size, and how those are opened.
public struct NetworkAcceptance: Sendable {
  let mostBytes: Int
  let open: @Sendable (_ path: String) throws -> Explainer

  /// Networks of at most so many bytes each.
  ///
  /// - Parameters:
  ///   - mostBytes: the most bytes of one file.
  ///   - open: opens a file as a network, and as nothing else: what it does may depend on a stranger's bytes.
  public init(mostBytes: Int, open: @escaping @Sendable (_ path: String) throws -> Explainer) {
    (self.mostBytes, self.open) = (mostBytes, open)
  }
}

/// Networks that people have sent: files in a folder of the server's own, which is gone when the server is.
final class SentNetworks: Sendable {
  let acceptance: NetworkAcceptance
  /// Where the files lie.
  let folder: String
  private let limits: Limits
  private let state = Mutex(State())

  private struct State: Sendable {
    /// Whether one is arriving.
    var isBusy = false
    /// Those that are kept, the oldest first: each in a folder of its own, as its file may name others beside it.
    var kept: [(name: String, folder: String)] = []
    var last = 0
  }

  /// What files of networks end in; nothing else is taken, and plugins are programs, not networks.
  static let endings: Set = ["onnx", "keras", "h5", "pt2", "pth", "pt", "safetensors"]

  init(_ acceptance: NetworkAcceptance, _ limits: Limits) throws(ServingError) {
    (self.acceptance, self.limits) = (acceptance, limits)
    var template = Array((NSTemporaryDirectory() as NSString).appendingPathComponent("limn-serve-XXXXXX").utf8CString)
    // Nobody else may look into it.
    guard mkdtemp(&template) != nil else {
      throw ServingError("cannot make a folder for networks that are sent: \(String(cString: strerror(errno)))")
    }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Removes all of them.
  func remove() { try? FileManager.default.removeItem(atPath: folder) }

  /// Takes a file, and opens it.
  ///
  /// - Parameters:
  ///   - name: what the sender calls it.
  ///   - taken: the names that others have.
  ///   - receive: hands over the bytes as they arrive.
  ///   - open: opens the file at the path, under a name of its own.
  /// - Returns: The name, what `open` returned, and the names of those that had to go.
  /// - Throws: ``Problem``, what `receive` throws, and what `open` throws; the file is then gone.
  func take<Value>(
    _ name: String, apartFrom taken: [String], receive: (_ use: ([UInt8]) throws -> Void) throws -> Void,
    open: (_ name: String, _ path: String) throws -> Value
  ) throws -> (name: String, value: Value, gone: [String]) {
    let place = state.withLock { state -> String? in
      guard !state.isBusy else { return nil }
      state.isBusy = true
      state.last += 1
      return "\(folder)/\(state.last)"
    }
    guard let place else {
      throw Problem(.serviceUnavailable, "another network is being sent: try again in a moment", retryAfter: 5)
    }
    defer { state.withLock { $0.isBusy = false } }
    let own = try Self.free(Self.name(name), among: taken), path = "\(place)/\(own)"
    var isKept = false
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
    defer { if !isKept { try? FileManager.default.removeItem(atPath: place) } }
    try Self.write(to: path, receive)
    let value: Value
    do { value = try open(own, path) } catch is CancellationError { throw CancellationError() } catch {
      let problem = Problem(error)
      throw Problem(problem.status, problem.sentence.replacingOccurrences(of: path, with: own))
    }
    isKept = true
    let gone = state.withLock { state in
      state.kept.append((own, place))
      let gone = Array(state.kept.dropLast(limits.sentNetworks))
      state.kept.removeFirst(gone.count)
      return gone
    }
    for old in gone { try? FileManager.default.removeItem(atPath: old.folder) }
    return (own, value, gone.map(\.name))
  }

  private static func write(to path: String, _ receive: (_ use: ([UInt8]) throws -> Void) throws -> Void) throws {
    let file = Foundation.open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
    guard file >= 0 else { throw Problem(.internalServerError, "the network cannot be stored") }
    defer { close(file) }
    try receive { piece in
      var rest = piece[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
        guard count > 0 else {
          if errno == EINTR { continue }
          throw Problem(.serviceUnavailable, "there is no room for this network on the server")
        }
        rest = rest.dropFirst(count)
      }
    }
  }

  /// A file's name of letters, digits and a few signs, with the ending of a network.
  ///
  /// - Throws: ``Problem`` for any other ending.
  private static func name(_ given: String) throws(Problem) -> String {
    let last = Photographs.name(given)
    let ending = (last as NSString).pathExtension.lowercased()
    guard endings.contains(ending) else {
      throw Problem(
        .unsupportedMediaType,
        "'\(last.prefix(100))' is no network: files that end in \(endings.sorted().joined(separator: ", ")) are taken")
    }
    let stem = (last as NSString).deletingPathExtension
      .map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_. ()".contains($0)) ? $0 : "_" }.prefix(80)
    let plain = String(stem.drop { $0 == "." })
    return "\(plain.isEmpty ? "network" : plain).\(ending)"
  }

  /// The name, with a number where others have it.
  private static func free(_ name: String, among taken: [String]) -> String {
    let (stem, ending) = ((name as NSString).deletingPathExtension, (name as NSString).pathExtension)
    var own = name, number = 1
    while taken.contains(own) {
      number += 1
      own = "\(stem) (\(number)).\(ending)"
    }
    return own
  }
}

public import GraphAdapter
import Synchronization

/// A network that another program computes maps of.
public final class RuntimeHost: Sendable {
  let network: GraphModel
  /// The network's file, and whether it is one of ONNX's.
  let path: String, isONNX: Bool
  let runtime: OnnxRuntime
  let provider: String
  let threads: Int
  private let note: @Sendable (String) -> Void
  private let told = Mutex<Set<String>>([])

  /// - Parameters:
  ///   - network: the network.
  ///   - path: its file.
  ///   - isONNX: whether that is one of ONNX's, which maps can be added to.
  ///   - runtime: the library.
  ///   - provider: what it computes with.
  ///   - threads: how many threads of the processor compute.
  ///   - note: told, once each, what Limn computes itself, and where maps differ.
  public init(
    _ network: GraphModel, in path: String, isONNX: Bool, on runtime: OnnxRuntime, with provider: String, threads: Int,
    note: @escaping @Sendable (String) -> Void
  ) {
    (self.network, self.path, self.isONNX) = (network, path, isONNX)
    (self.runtime, self.provider, self.threads, self.note) = (runtime, provider, threads, note)
  }

  /// What computes, as reports name it.
  public var title: String { "ONNX Runtime \(runtime.version), \(provider)" }

  /// What a map says of itself that it has computed.
  var remark: String { Self.remark(of: title) }

  /// What a map says of itself that a runtime of this title has computed.
  public static func remark(of title: String) -> String { "computed by \(title)" }

  func tell(_ sentence: String) {
    if told.withLock({ $0.insert(sentence).inserted }) { note(sentence) }
  }
}

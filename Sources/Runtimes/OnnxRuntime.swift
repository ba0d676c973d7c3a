internal import COnnxRuntime

/// ONNX Runtime, where its shared library is installed.
public final class OnnxRuntime: @unchecked Sendable {
  // The library lets any number of threads in, and stays open until the process ends.
  let library: OpaquePointer
  /// `1.20.1`.
  public let version: String
  /// The file of the library.
  public let path: String
  /// What it can compute with, the fastest first: `CUDA`, `CoreML`, `CPU`.
  public let providers: [String]

  /// Opens a library.
  ///
  /// - Parameter name: its path, or the name under which the linker finds it.
  /// - Throws: ``RuntimeError`` where there is none of that name, or another one.
  public init(library name: String) throws(RuntimeError) {
    var why = limn_ort_reason()
    guard let library = limn_ort_open(name, &why) else { throw RuntimeError(why.words, isMissing: true) }
    self.library = library
    version = String(cString: limn_ort_version(library))
    path = String(cString: limn_ort_path(library))
    var names = [CChar](repeating: 0, count: 4096)
    guard limn_ort_providers(library, &names, names.count, &why) else { throw RuntimeError(why.words) }
    let text = names.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    providers = text.split(separator: ",").map { name in
      name.hasSuffix(Self.ending) ? String(name.dropLast(Self.ending.count)) : String(name)
    }
  }

  /// How ONNX Runtime's names of providers end.
  private static let ending = "ExecutionProvider"

  /// The provider that people mean by a name, in whatever letters.
  ///
  /// - Throws: ``RuntimeError`` where the library was built without it, or the provider's own libraries are missing.
  public func provider(named name: String) throws(RuntimeError) -> String {
    guard let provider = providers.first(where: { $0.lowercased() == name.lowercased() }) else {
      let others = providers.map { $0.lowercased() }.joined(separator: ", ")
      let remedy = ["cuda", "tensorrt"].contains(name.lowercased()) ? ": `pip install onnxruntime-gpu` has it" : ""
      throw RuntimeError(
        "ONNX Runtime \(version) in \(path) computes with \(others), and not with \(name)\(remedy)", isMissing: true)
    }
    if provider != Self.processor {
      var why = limn_ort_reason()
      guard limn_ort_has_provider(library, Self.appended(provider), &why) else {
        throw RuntimeError("ONNX Runtime \(version) cannot compute with \(provider): \(why.words)", isMissing: true)
      }
    }
    return provider
  }

  /// The provider that every library has.
  public static let processor = "CPU"

  /// A provider as the function calls it that appends it to a session's options.
  static func appended(_ provider: String) -> String {
    ["Azure": "AZURE", "Xnnpack": "XNNPACK"][provider] ?? provider
  }
}

extension limn_ort_reason {
  /// The first line of the text, without its full stop.
  var words: String {
    let all = withUnsafeBytes(of: text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    let line = all.split(whereSeparator: \.isNewline).first.map(String.init) ?? "it does not say why"
    return String(line.reversed().drop { $0 == "." || $0 == " " }.reversed())
  }
}

public import Foundation

extension OnnxRuntime {
  /// The environment variable that names the library or its folder.
  public static let variable = "LIMN_ONNXRUNTIME"

  /// Opens the first library that there is: the one that ``variable`` names, or else one that the linker knows, or one in the
  /// usual places, those of Python's packages among them.
  ///
  /// - Parameter environment: of the process.
  /// - Throws: ``RuntimeError`` that says where it was looked for and how to get it.
  public convenience init(
    searching environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(RuntimeError) {
    if let named = environment[Self.variable], !named.isEmpty {
      guard let path = Self.library(at: named) else {
        throw RuntimeError(
          "\(Self.variable)=\(named): no library of ONNX Runtime is there; \(Self.remedy)", isMissing: true)
      }
      do { try self.init(library: path) } catch {
        throw RuntimeError("\(Self.variable)=\(named): \(error)", isMissing: true)
      }
      return
    }
    let folders = Self.folders(environment)
    let candidates = Self.names + folders.compactMap(Self.library)
    if let found = candidates.first(where: Self.isThere) {
      try self.init(library: found)
      return
    }
    throw RuntimeError(
      "ONNX Runtime is not installed: the linker knows no \(Self.names.joined(separator: " or ")), and none is in "
        + "\(folders.joined(separator: ", ")); \(Self.remedy), which \(Self.variable) can name",
      isMissing: true)
  }

  /// Where to get it.
  private static let remedy = "`pip install onnxruntime` brings it in its folder onnxruntime/capi"

  /// Whether a library is opened by a name.
  private static func isThere(_ name: String) -> Bool { (try? OnnxRuntime(library: name)) != nil }

  /// The names by which the linker may know it.
  package static let names: [String] = {
    #if os(macOS)
      ["libonnxruntime.dylib"]
    #else
      ["libonnxruntime.so.1", "libonnxruntime.so"]
    #endif
  }()

  /// The folders in which it may be, besides those that the linker searches.
  package static func folders(_ environment: [String: String]) -> [String] {
    var folders = ["/usr/local/lib", "/usr/local/onnxruntime/lib", "/opt/onnxruntime/lib", "/opt/homebrew/lib"]
    // An environment of Python that is entered, those whose programs are found, and what is installed for one user or for all.
    let prefixes = ["VIRTUAL_ENV", "CONDA_PREFIX"].compactMap { environment[$0] }
    let programs = (environment["PATH"] ?? "").split(separator: ":").filter { $0.hasSuffix("/bin") }.map {
      "\($0.dropLast(4))"
    }
    let roots = prefixes + programs + ["\(environment["HOME"] ?? "")/.local", "/usr/local", "/usr"]
    for (index, root) in roots.enumerated() where !roots[..<index].contains(root) {
      let versions = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/lib")) ?? []
      for version in versions.filter({ $0.hasPrefix("python3") }).sorted().reversed() {
        for packages in ["site-packages", "dist-packages"] {
          folders.append("\(root)/lib/\(version)/\(packages)/onnxruntime/capi")
        }
      }
    }
    return folders.filter { FileManager.default.fileExists(atPath: $0) }
  }

  /// The library in a folder, the newest of several; or the file itself.
  package static func library(at path: String) -> String? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return nil }
    guard isFolder.boolValue else { return path }
    let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    // Not the libraries of single providers, libonnxruntime_providers_cuda.so.
    let found = files.filter { file in
      file.hasPrefix("libonnxruntime.") && (file.contains(".so") || file.hasSuffix(".dylib"))
    }
    return found.max { $0.compare($1, options: .numeric) == .orderedAscending }.map { "\(path)/\($0)" }
  }
}

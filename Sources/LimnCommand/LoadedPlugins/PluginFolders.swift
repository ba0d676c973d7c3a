import Foundation

/// Where plugins are looked for: explicit paths and the user's own folders, nowhere else.
enum PluginFolders {
  /// Where `limn plugin install` puts them: `$XDG_DATA_HOME/limn/plugins`, by default below `~/.local/share`.
  static var installed: String {
    let environment = ProcessInfo.processInfo.environment
    // The XDG specification has relative paths ignored.
    if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") { return data + "/limn/plugins" }
    return (environment["HOME"] ?? NSHomeDirectory()) + "/.local/share/limn/plugins"
  }

  /// In the order they are searched: those of `LIMN_PLUGIN_PATH`, then the installed.
  static var all: [String] {
    let named = ProcessInfo.processInfo.environment["LIMN_PLUGIN_PATH"] ?? ""
    return named.split(separator: ":").map(String.init) + [installed]
  }

  /// The libraries in a folder, by name; none where there is no such folder.
  static func libraries(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".so"), !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted().map { folder.hasSuffix("/") ? folder + $0 : "\(folder)/\($0)" }
  }

  /// Every library found, each file name once: what comes earlier hides what comes later.
  static func found(hidden: [String] = []) -> [String] {
    var seen = Set(hidden.map { ($0 as NSString).lastPathComponent })
    return all.flatMap(libraries).filter { seen.insert(($0 as NSString).lastPathComponent).inserted }
  }
}

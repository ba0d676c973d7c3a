import AttributionKit
import Foundation

/// A plugin's library: everything that can be known of it is asked of the file before any of it runs.
struct PluginFile {
  let path: String
  let stamp: PluginStamp

  /// Reads the stamp and makes sure that the library was built for this program.
  ///
  /// - Throws: A sentence with the remedy, for whatever speaks against loading it.
  init(_ path: String) throws(Failure) {
    try PluginTrust.check(path)
    guard let file = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped) else {
      throw .missingInput("there is no plugin \(path), or you may not read it")
    }
    guard Self.isSupported else {
      throw .badData("\(path): plugins are loaded on Linux only; add the method to a program of your own instead")
    }
    if let objection = ELFLibrary.objection(to: file) {
      throw .badData("\(path) \(objection): give what `limn plugin build` makes")
    }
    guard let stamp = PluginStamp(in: file) else {
      throw .badData(
        "\(path) is no plugin for limn, since it bears no stamp: its entry point must call limnRegister, as in the "
          + "package that `limn plugin new` writes")
    }
    if file.firstRange(of: Data("@(#)limn-kit-image;".utf8)) != nil {
      throw .badData(
        "\(path) contains a copy of LimnKit, whose types would be others than this program's: depend on the product "
          + "'LimnKit', which is a dynamic library")
    }
    if let objection = stamp.objection {
      throw .badData("\(path) \(objection): build it again with `limn plugin build`")
    }
    (self.path, self.stamp) = (path, stamp)
  }

  /// Whether this system's libraries can be read here before they are loaded.
  private static var isSupported: Bool {
    #if os(Linux)
      true
    #else
      false
    #endif
  }

  /// Loads the library for good and asks what it adds.
  func contributions() throws(Failure) -> Contributions {
    #if os(Linux)
      // Never unloaded: what Swift knows of its types cannot be taken back.
      let flags = RTLD_NOW | RTLD_LOCAL | Int32(RTLD_NODELETE)
      guard let library = dlopen(path.contains("/") ? path : "./" + path, flags) else {
        throw .badData(
          "\(path) cannot be linked (\(linkerMessage)): build it again with `limn plugin build`, and install the "
            + "libraries it needs")
      }
      guard let symbol = dlsym(library, "limn_plugin_register") else {
        throw .badData(
          "\(path) has no entry point 'limn_plugin_register': add the one of the package that `limn plugin new` writes")
      }
      let enter = unsafeBitCast(symbol, to: (@convention(c) (UnsafeMutableRawPointer) -> Int32).self)
      let registrar = PluginRegistrar()
      let status = withExtendedLifetime(registrar) { enter(Unmanaged.passUnretained(registrar).toOpaque()) }
      guard status == 0 else {
        throw .badData(
          "\(path) refused to register: "
            + (registrar.failure.map { "\($0)" } ?? "its entry point returned \(status), where 0 means success"))
      }
      return registrar.contributions
    #else
      return Contributions()
    #endif
  }

  /// What the dynamic linker said last, in one line and without the plugin's name, which stands in the sentence already.
  private var linkerMessage: String {
    guard let message = dlerror() else { return "for no reason given" }
    let text = String(cString: message).replacing("\n", with: " ")
    let prefix = (path.contains("/") ? path : "./" + path) + ": "
    return text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
  }
}

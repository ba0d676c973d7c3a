import Explaining
import Foundation

/// The package that `limn plugin new` writes.
struct PluginPackage {
  /// The name of the method, as people type it: `smooth-dots`.
  let identifier: String
  /// The name of its type: `SmoothDots`.
  let type: String
  /// The name that a sheet prints: `Smooth dots`.
  let title: String
  /// Where Limn's sources are.
  let checkout: String

  /// A package for a method of this name.
  ///
  /// - Throws: A sentence, where the name is no name for a method or is taken.
  init(named name: String, checkout: String) throws(Failure) {
    let wanted = Catalogue.Name(kind: .method, identifier: name)
    guard wanted.isWellFormed, !name.contains("+"), name.count <= 60 else {
      throw .usage("'\(name)' is no name for a method: write lower-case words joined by hyphens, such as smooth-dots")
    }
    guard !wanted.isBuiltIn else { throw .usage("limn has a method '\(name)': give yours another name") }
    let words = name.split(separator: "-")
    identifier = name
    type = words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    guard !Self.reserved.contains(type) else {
      throw .usage("'\(name)' would be the type \(type), which exists: add a word, such as my-\(name)")
    }
    title = name.prefix(1).uppercased() + name.dropFirst().replacing("-", with: " ")
    self.checkout = checkout
  }

  var methodFile: String { "Sources/\(type)Plugin/\(type).swift" }

  /// Every file, by its path in the package.
  var files: [(path: String, text: String)] {
    [
      ("Package.swift", manifest), ("README.md", readme), (".gitignore", ".build/\n"), (methodFile, method),
      ("Sources/\(type)Entry/Entry.swift", entry), ("Tests/\(type)Tests/\(type)Tests.swift", test),
      ("Tests/\(type)Tests/TinyNetwork.swift", network),
    ]
  }

  /// Types whose names the template's own code needs, or that Swift keeps for itself.
  private static let reserved: Set<String> = [
    "Any", "Array", "Attribution", "AutomaticLayer", "Cotangents", "DifferentiableModel", "DifferentiableTrace",
    "Double", "ExplanationSession", "Float", "GradientRule", "Int", "Layer", "LayerMethod", "MethodDescriptor",
    "Never", "Optional", "Output", "Parameter", "PluginRegistrar", "Protocol", "Self", "Step", "String",
    "TargetLayer", "Tensor", "Test", "TinyNetwork", "TinyTrace", "Type", "UnsafeMutableRawPointer", "Void",
  ]
}

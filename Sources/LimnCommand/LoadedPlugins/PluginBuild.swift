import Explaining
import Foundation

/// From a plugin's package to its library, by the Swift that must be the one this program was built with.
enum PluginBuild {
  /// Builds the package and returns the paths of its dynamic products.
  static func libraries(of folder: String) throws -> [String] {
    guard FileManager.default.fileExists(atPath: folder + "/Package.swift") else {
      throw Failure.missingInput("\(folder) holds no Package.swift: give a package such as `limn plugin new` writes")
    }
    guard let swift = ChildProcess.find("swift") else {
      throw Failure.missingInput("no 'swift' is in PATH: install the Swift that limn was built with, from swift.org")
    }
    var environment: [String: String] = [:]
    if let checkout = try? Checkout.path() { environment["LIMN_SOURCE"] = checkout }
    func run(_ arguments: [String], showingAll: Bool = false) throws -> ChildProcess.Run {
      let run = try ChildProcess(swift, arguments).run(
        showingErrors: true, showingAll: showingAll, environment: environment)
      guard run.status == 0 else {
        throw Failure.badData("\(folder) cannot be built: the compiler's words are above")
      }
      return run
    }
    // An older kit may lie about in the folder of an earlier build: what counts is what is built now.
    let build = ["build", "--package-path", folder, "-c", "release"]
    _ = try run(build, showingAll: true)
    let place = try run(build + ["--show-bin-path"]).output.trimmed
    let description = try run(["package", "--package-path", folder, "describe", "--type", "json"]).output
    let libraries = try dynamicProducts(in: description, of: folder).map { "\(place)/lib\($0).so" }
    guard let missing = libraries.first(where: { !FileManager.default.fileExists(atPath: $0) }) else {
      return libraries
    }
    throw Failure.badData("\(folder) was built, but there is no \(missing)")
  }

  private static func dynamicProducts(in description: String, of folder: String) throws -> [String] {
    struct Package: Decodable { let products: [Product] }
    struct Product: Decodable { let name: String, type: Kind }
    struct Kind: Decodable { let library: [String]? }
    guard let package = try? JSONDecoder().decode(Package.self, from: Data(description.utf8)) else {
      throw Failure.internalError("what `swift package describe` says of \(folder) cannot be read")
    }
    let names = package.products.filter { $0.type.library == ["dynamic"] }.map(\.name)
    guard !names.isEmpty else {
      throw Failure.badData(
        "\(folder) has no dynamic library among its products: add '.library(name: \"MyMethod\", type: .dynamic, …)'")
    }
    return names
  }
}

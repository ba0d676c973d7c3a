import ArgumentParser
import Foundation

/// `limn plugin new`: a complete package to begin from.
struct PluginNewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Write the package of a plugin: a method, its entry point and a test that passes.")

  @Argument(help: ArgumentHelp("What the method is called, as people will type it.", valueName: "smooth-dots"))
  var name: String

  func run() throws {
    let package = try PluginPackage(named: name, checkout: Checkout.path())
    let folder = name
    guard !FileManager.default.fileExists(atPath: folder) else {
      throw Failure.cannotCreate("\(folder) is there already: give the method another name, or move it away")
    }
    for (path, text) in package.files {
      let file = URL(fileURLWithPath: folder).appendingPathComponent(path)
      do {
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
      } catch {
        throw Failure.cannotCreate("cannot write \(file.path): choose a folder that you may write to")
      }
    }
    Console.say("Written: \(folder)")
    Console.say("The method is \(folder)/\(package.methodFile); `swift test --package-path \(folder)` tests it, and")
    Console.say("`limn plugin install \(folder)` builds and installs it.")
  }
}

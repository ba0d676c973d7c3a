import ArgumentParser
import DemoNetwork
import Foundation

/// `limn scenes`: what the demo network is trained on; for its developers.
struct ScenesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scenes", abstract: "Write scenes with masks for training the demo network.", shouldDisplay: false)

  @Argument(help: "The folder to write to, created if need be.", completion: .directory)
  var folder: String

  @Option(help: "How many scenes.") var count = 1000
  @Flag(help: "Two objects of different kinds on each instead of one.") var pairs = false
  @Option(help: "The first scene's seed; the others count on from it.") var seed: UInt64 = 0
  @Option(help: "The width and height of the pictures in pixels.") var side = DemoNetwork.inputSide

  func validate() throws {
    guard count > 0, (1...4096).contains(side) else {
      throw ValidationError("--count takes a number from 1, --side one from 1 to 4096")
    }
  }

  func run() throws {
    do {
      try SceneArchive(count: count, pairs: pairs, seed: seed, side: side).write(to: URL(fileURLWithPath: folder))
    } catch { throw Failure.cannotCreate("cannot write scenes to \(folder): \(error.localizedDescription)") }
  }
}

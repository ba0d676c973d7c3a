import ArgumentParser
import DemoNetwork
import Foundation

/// `limn scenes`: what the demo network is trained on; for its developers.
struct ScenesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scenes", abstract: "Write scenes with masks for training the demo network.", shouldDisplay: false)

  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp("The folder to write to, created if need be.", valueName: "folder"), completion: .directory)
  var output: String

  @Option(help: "How many scenes.") var count = 1000
  @Flag(help: "Two objects of different kinds on each instead of one.") var pairs = false
  @Option(help: "The first scene's seed; the others count on from it.") var seed: UInt64 = 0
  @Option(help: "The width and height of the pictures in pixels.") var side = DemoNetwork.inputSide

  func validate() throws {
    guard count > 0, SceneArchive.sides.contains(side) else {
      let sides = SceneArchive.sides
      throw ValidationError("--count takes a number from 1, --side one from \(sides.lowerBound) to \(sides.upperBound)")
    }
  }

  func run() throws {
    do {
      try SceneArchive(count: count, pairs: pairs, seed: seed, side: side).write(to: URL(fileURLWithPath: output))
    } catch { throw Failure.cannotCreate("cannot write scenes to \(output): \(error.localizedDescription)") }
  }
}

import Foundation
import Testing

/// Whoever asks for much is told beforehand.
@Suite struct EstimateTests {
  let folder: Folder

  init() throws {
    folder = try Folder()
    try folder.writePhotograph()
  }

  @Test func `before long work its time is told`() throws {
    let process = try Command.start(
      ["explain", "photo.png", "--method", "smooth(integrated-gradients(steps=1000), samples=900)", "-o", "map.npy"],
      in: folder)
    defer { process.terminate() }
    let note = "limn: note: this takes about "
    let deadline = Date(timeIntervalSinceNow: 60)
    while try !folder.text(".stderr").contains(note), Date() < deadline, process.isRunning { usleep(20_000) }
    let said = try #require(try folder.text(".stderr").split(separator: "\n").first { $0.hasPrefix(note) })
    #expect(
      said.contains(/about \d+(\.\d)? (seconds|minutes|hours): 901800 forward and 900000 backward passes/), "\(said)")
    #expect(process.isRunning, "it was told before the work was done")
  }

  @Test func `of short work nothing is told`() throws {
    let run = try Command.run(
      ["explain", "photo.png", "--method", "integrated-gradients", "-o", "map.npy"], in: folder)
    #expect(run.status == 0 && !run.errors.contains("this takes"))
  }
}

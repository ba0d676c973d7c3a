import Foundation
import Testing

/// `limn compare --check` and `--expected`, and `limn recommend`.
@Suite struct CheckTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private func reports(_ arguments: [String]) throws -> [[String: Any]] {
    let run = try Command.run(["compare"] + arguments + ["--json"], in: folder)
    try #require(run.status == 0, "\(run.errors)")
    return try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]])
  }

  @Test func `a control is the same for another class and other weights, Grad-CAM is not`() throws {
    let reports = try reports(["fish-and-sailboat", "--methods", "grad-cam,random", "--target", "fish", "--check"])
    let sanity = reports.compactMap { $0["sanity"] as? [String: Double] }
    #expect(sanity.count == 2)
    #expect(try #require(sanity[0]["otherClass"]) < 0.9 && #require(sanity[0]["randomWeights"]) < 0.9)
    #expect(sanity[1]["otherClass"] == 1 && sanity[1]["randomWeights"] == 1)
    #expect(try self.reports(["--methods", "random"]).allSatisfy { $0["sanity"] == nil })
  }

  @Test func `the prediction, the class expected and their difference are explained`() throws {
    let arguments = ["fish-and-sailboat", "--methods", "grad-cam", "--expected"]
    let targets = try reports(arguments + ["sailboat"]).compactMap { $0["target"] as? [String: Any] }
    #expect(targets.map { $0["label"] as? String } == ["fish", "sailboat", "fish"])
    #expect(targets[2]["contrastLabel"] as? String == "sailboat")
    // A network that answers as expected leaves nothing to compare.
    #expect(try reports(arguments + ["fish"]).count == 1)
    let run = try Command.run(["compare"] + arguments + ["zebra"], in: folder)
    #expect(run.status == 65 && run.errors.contains("no class is called 'zebra'"))
  }

  @Test func `a method is recommended with a command that runs`() throws {
    let run = try Command.run(
      ["recommend", "--methods", "grad-cam,eigen-cam,random", "--budget", "60"], in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("eigen-cam  it draws the same map for another class (rank correlation 1.00)"))
    #expect(run.output.contains("grad-cam shows best what decides the answer on 12 photographs"))
    let command = try #require(run.output.split(separator: "\n").last?.split(separator: " ").map(String.init))
    #expect(command == ["limn", "compare", "--methods", "grad-cam"])
    #expect(try Command.run(Array(command.dropFirst()), in: folder).status == 0)
  }
}

import Foundation
import Images
import Testing

@Suite struct BatchCommandTests {
  let folder: Folder

  init() throws {
    folder = try Folder()
    try FileManager.default.createDirectory(atPath: folder.path("photos"), withIntermediateDirectories: true)
    for index in 0..<6 { try folder.writePhotograph("photos/\(index).png") }
  }

  private func batch(_ arguments: String..., environment: [String: String] = [:]) throws -> Command.Run {
    try Command.run(["batch"] + arguments, in: folder, environment: environment)
  }

  @Test func `A folder is explained, told of in lines, and found finished the second time`() throws {
    let run = try batch("photos", "-o", "maps", "--lines", "--methods", "grad-cam,gradient")
    #expect(run.status == 0, "\(run.errors)")
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 6 && lines[0].hasPrefix(#"{"index":0,"image":"photos/0.png","#))
    #expect(try folder.text("maps/results.jsonl") == run.output)
    for file in ["manifest.json", "results.csv", "report.html"] { #expect(folder.has("maps/\(file)")) }
    let again = try batch("photos", "-o", "maps", "--methods", "grad-cam,gradient")
    #expect(again.status == 0 && again.output.contains("of which 6 were finished before"))
  }

  @Test func `Schedulers are told whether to try again`() throws {
    #expect(try batch("nowhere", "-o", "maps").status == 66)
    #expect(try batch("photos", "--methods", "nonsense", "-o", "maps").status == 64)
    #expect(try batch("photos", "--model", "nowhere.onnx", "-o", "maps").status == 66)
    #expect(try batch("-o", "maps").status == 64)
    #expect(try batch("photos", "--shard", "2/2", "-o", "maps").status == 64)
    #expect(try batch("photos", "--target", "zeppelin", "-o", "maps").status == 65)
    try folder.write("no picture", to: "photos/bad.jpg")
    let some = try batch("photos", "-o", "maps")
    #expect(some.status == 3 && some.errors.contains("1 of 7 pictures could not be used"))
    #expect(try Command.run(["merge", "maps"], in: folder).status == 75)
  }

  @Test func `Shards of a scheduler's tasks are merged`() throws {
    for task in 0..<2 {
      let run = try batch(
        "photos", "-o", "parts", environment: ["JOB_COMPLETION_INDEX": "\(task)", "LIMN_SHARDS": "2"])
      #expect(run.status == 0, "\(run.errors)")
    }
    #expect(try Command.run(["merge", "parts"], in: folder).status == 0)
    #expect(try batch("photos", "-o", "whole").status == 0)
    #expect(try folder.text("parts/results.jsonl") == folder.text("whole/results.jsonl"))
    #expect(try folder.text("parts/manifest.json") == folder.text("whole/manifest.json"))
  }

  @Test func `A run that is asked to stop ends with 75 and is gone on with`() throws {
    let names = (0..<400).map { "photos/\($0 % 6).png\t\($0 % 5)" }.joined(separator: "\n")
    try folder.write(names, to: "list.txt")
    let process = try Command.start(
      ["batch", "--list", "list.txt", "--methods", "smooth(gradient)", "--save", "none", "-o", "maps", "--again"],
      in: folder)
    usleep(700_000)
    process.terminate()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 75)
    #expect(!folder.has("maps/manifest.json"))
    let rest = try batch("--list", "list.txt", "--methods", "smooth(gradient)", "--save", "none", "-o", "maps")
    #expect(rest.status == 0 && rest.output.contains("were finished before"))
  }
}

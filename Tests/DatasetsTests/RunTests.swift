import Datasets
import Explaining
import Foundation
import Images
import Testing

@Suite struct RunTests {
  @Test func `results are the same for one worker and for several, and in the order of the set`() throws {
    let scratch = try Scratch(), photos = try scratch.writePictures(7), task = try demoTask()
    let one = try explain([photos], by: task, into: "\(scratch.path)/one", workers: 1)
    let four = try explain([photos], by: task, into: "\(scratch.path)/four", workers: 4)
    #expect(one.lines.map(\.index) == Array(0..<7))
    #expect(four.lines.map(\.text) == one.lines.map(\.text))
    #expect(try scratch.contents(of: "one") == scratch.contents(of: "four"))
    let manifest = try #require(one.progress.manifest)
    #expect(manifest.pictures == 7 && manifest.explained == 7 && manifest.rows == 7)
  }

  @Test func `what a stopped run has finished is not done again, and the end is that of an undisturbed one`() throws {
    let scratch = try Scratch(), photos = try scratch.writePictures(12), task = try demoTask(metrics: "sparseness")
    try explain([photos], by: task, into: "\(scratch.path)/whole")
    let stopped = try explain([photos], by: task, into: "\(scratch.path)/parts", workers: 1, stoppingAfter: 3)
    #expect(stopped.progress.manifest == nil)
    #expect(!FileManager.default.fileExists(atPath: "\(scratch.path)/parts/manifest.json"))
    let resumed = try explain([photos], by: task, into: "\(scratch.path)/parts")
    #expect(resumed.progress.found >= 3 && resumed.progress.found < 12)
    #expect(try scratch.contents(of: "parts") == scratch.contents(of: "whole"))
    let again = try explain([photos], by: task, into: "\(scratch.path)/parts", again: true)
    #expect(again.progress.found == 0)
    #expect(try scratch.contents(of: "parts") == scratch.contents(of: "whole"))
  }

  @Test func `what is about all pictures is of the last run, and maps of the one before stay`() throws {
    let scratch = try Scratch(), photos = try scratch.writePictures(3), output = "\(scratch.path)/out"
    let first = try demoTask(metrics: "sparseness", saves: [.npy, .zarr, .report, .summary])
    try explain([photos], by: first, into: output)
    let before = try scratch.contents(of: "out")
    try scratch.write([1], "out/notes.txt")
    let second = try demoTask(saves: [.npy], numbers: .float16)
    #expect(
      DatasetRun(second, output: output, shard: nil, workers: 1, again: false).earlier?.fingerprint == first.fingerprint
    )
    #expect(DatasetRun(first, output: output, shard: nil, workers: 1, again: false).earlier == nil)
    try explain([photos], by: second, into: output)
    let after = try scratch.contents(of: "out")
    for name in ["report.html", "metrics.json", "summary.json", "maps.zarr/.zgroup"] {
      #expect(before[name] != nil && after[name] == nil, "\(name)")
    }
    #expect(after["notes.txt"] != nil && after["results.csv"] != nil)
    for (name, bytes) in before where name.hasPrefix("maps/") || name.hasPrefix("records/") {
      #expect(after[name] == bytes, "\(name)")
    }
    try explain([photos], by: first, into: output)
    for (name, bytes) in before { #expect(try scratch.contents(of: "out")[name] == bytes, "\(name)") }
  }

  @Test func `torn files, whatever left them there, are made again`() throws {
    let scratch = try Scratch(), photos = try scratch.writePictures(4), task = try demoTask()
    try explain([photos], by: task, into: "\(scratch.path)/out")
    let whole = try scratch.contents(of: "out")
    let records = whole.keys.filter { $0.hasPrefix("records/") && $0.hasSuffix(".json") }.sorted()
    let maps = whole.keys.filter { $0.hasSuffix(".npy") }.sorted()
    try whole[records[0]]!.prefix(40).write(to: URL(fileURLWithPath: "\(scratch.path)/out/\(records[0])"))
    try whole[maps[5]]!.prefix(70).write(to: URL(fileURLWithPath: "\(scratch.path)/out/\(maps[5])"))
    try scratch.write([1, 2, 3], "out/.unfinished/123-456/7")
    try scratch.write([], "out/.unfinished/123-456/lock")
    try FileManager.default.createDirectory(
      atPath: "\(scratch.path)/out/.unfinished/7-8", withIntermediateDirectories: true)
    let mended = try explain([photos], by: task, into: "\(scratch.path)/out")
    #expect(mended.progress.found == 2 || mended.progress.found == 3)
    #expect(try scratch.contents(of: "out") == whole)
    #expect(!FileManager.default.fileExists(atPath: "\(scratch.path)/out/.unfinished"))
  }

  @Test func `a front page leads to every tenth of very many pages, and each page to its neighbours`() throws {
    let scratch = try Scratch()
    let names = (1...12_501).map { "/nowhere/\($0).jpg" }.joined(separator: "\n")
    let list = try scratch.write(Array(names.utf8), "list.txt")
    try explain([], by: demoTask(saves: [.report]), into: "\(scratch.path)/out", list: list)
    func page(_ name: String) throws -> String {
      String(decoding: try #require(FileManager.default.contents(atPath: "\(scratch.path)/out/\(name)")), as: UTF8.self)
    }
    let front = try page("report.html")
    for number in ["00010", "00120", "00126"] { #expect(front.contains("report/page-\(number).html")) }
    #expect(!front.contains("page-00011.html"))
    #expect(try page("report/page-00011.html").contains("href=\"page-00012.html\""))
    let last = try page("report/page-00126.html")
    #expect(last.contains("/nowhere/12501.jpg") && !last.contains("Next"))
  }

  @Test func `a picture that cannot be used is told of in its place, and the others are explained`() throws {
    let scratch = try Scratch(), photos = try scratch.writePictures(5)
    try scratch.write(Array("no picture".utf8), "photos/0/broken.jpg")
    let (lines, progress) = try explain([photos], by: try demoTask(), into: "\(scratch.path)/out")
    #expect(progress.unusable == 1 && progress.explained == 5)
    #expect(lines[0].text.hasPrefix("{\"index\":0,\"image\":\"\(photos)/0/broken.jpg\",\"error\":\""))
    // A list is gone through although it names what is not there.
    let list = try scratch.write(
      Array("\(photos)/1/picture-1.png\n/nowhere.png\n\n\(photos)/2/picture-2.png".utf8), "list.txt")
    let listed = try explain([], by: try demoTask(), into: "\(scratch.path)/listed", list: list)
    #expect(listed.lines.count == 3 && listed.progress.unusable == 1)
    #expect(listed.lines[1].text.contains("/nowhere.png does not exist"))
  }

  @Test func `equal pictures share results whatever they are called, and settings do not`() throws {
    let scratch = try Scratch()
    for name in ["a", "b"] { try scratch.write(Scratch.picture(1).pngData(), "photos/\(name).png") }
    let first = try explain(["\(scratch.path)/photos"], by: demoTask(), into: "\(scratch.path)/out", workers: 1)
    #expect(first.progress.found == 1)
    let second = try explain(
      ["\(scratch.path)/photos"], by: demoTask(identity: ["other"]), into: "\(scratch.path)/out", workers: 1)
    #expect(second.progress.found == 1)
    #expect(first.lines[0].text != second.lines[0].text)
  }

  @Test func `two runs into one folder at once end in what one makes`() async throws {
    let scratch = try Scratch(), photos = try scratch.writePictures(10),
      task = try demoTask(saves: [.npy, .zarr, .report])
    try explain([photos], by: task, into: "\(scratch.path)/alone")
    let path = scratch.path
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<2 { group.addTask { try explain([photos], by: task, into: "\(path)/shared") } }
      try await group.waitForAll()
    }
    #expect(try scratch.contents(of: "shared") == scratch.contents(of: "alone"))
  }

  @Test func `a disk that is full may have room later, a folder that may not be written has not`() throws {
    #expect(StorageError("x", ENOSPC).mayPass && StorageError("x", EIO).mayPass)
    #expect(!StorageError("x", EROFS).mayPass && !StorageError("x", EACCES).mayPass)
    let scratch = try Scratch(), photos = try scratch.writePictures(1)
    let blocked = try scratch.write([1], "file")
    #expect(throws: StorageError.self) { try explain([photos], by: demoTask(), into: "\(blocked)/out") }
  }
}

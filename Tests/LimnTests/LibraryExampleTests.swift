import Foundation
import Limn
import ONNXFiles
import Testing
import TestSupport

/// The program of the README, `Tests/LibraryExample`, built along with these tests and run.
@Suite struct LibraryExampleTests {
  static let program: URL = {
    var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    // On macOS the test bundle is a folder, inside which the tests run.
    for _ in 0..<4 where !FileManager.default.fileExists(atPath: folder.appendingPathComponent("LibraryExample").path) {
      folder.deleteLastPathComponent()
    }
    return folder.appendingPathComponent("LibraryExample")
  }()

  @Test func `a few lines compare three methods for two targets, and write the sheet and the report`() throws {
    let folder = try TemporaryFolder()
    try folder.write(ONNXFile.vector(3).bytes, to: "resnet50.onnx")
    try folder.write(#"{"labels": "names.txt", "preprocessing": {"preset": "tf"}}"#, to: "resnet50.limn.json")
    try folder.write("tabby\ntiger cat\nboxer\n", to: "names.txt")
    var photograph = Raster(width: 80, height: 60, fill: (180, 190, 220))
    for y in 20..<40 { for x in 30..<60 { photograph[x, y] = (200, UInt8(x), UInt8(y)) } }
    try folder.write(photograph.jpegData(), to: "photo.jpg")
    let process = Process()
    process.executableURL = Self.program
    process.currentDirectoryURL = folder.url
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationReason == .exit && process.terminationStatus == 0)

    #expect(try folder.bytes("sheet.pdf").starts(with: "%PDF".utf8))
    let reports = try ReportJSON.decode([Report].self, from: Data(folder.bytes("report.json")))
    #expect(reports.map(\.method.expression) == ["cam", "grad-cam", "gradient", "cam", "grad-cam", "gradient"])
    #expect(reports.map(\.target.contrastLabel) == [nil, nil, nil, "tiger cat", "tiger cat", "tiger cat"])
    #expect(reports.allSatisfy { $0.error == nil && $0.target.label == "tabby" && $0.image == "photo.jpg" })
    // The manifest beside the network was followed, and says so.
    #expect(reports[0].notes == ["following resnet50.limn.json"] && reports[0].preprocessing?.mean == [1])
    // What the program wrote is what the library computes here.
    let explainer = try Explainer(folder.path("resnet50.onnx"))
    let here = try explainer.explain(Picture(folder.path("photo.jpg")), targets: ["tabby"], methods: "grad-cam")[0]
    #expect(here.reports[0].range == reports[1].range && here.reports[0].score == reports[1].score)
  }

  @Test func `the program is short, and stands in the README as it is`() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let source = try String(contentsOf: root.appendingPathComponent("Tests/LibraryExample/main.swift"), encoding: .utf8)
    #expect(source.split(separator: "\n").count <= 15)
    #expect(
      try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8).contains(
        "```swift\n\(source)```"))
  }
}

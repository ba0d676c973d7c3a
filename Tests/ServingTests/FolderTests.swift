import Foundation
import Images
import Reporting
import Serving
import Testing

/// Folders of photographs: what is seen of them, and that nothing else is.
@Suite final class FolderTests {
  private let base = FileManager.default.temporaryDirectory.appendingPathComponent("limn-\(UUID().uuidString)")
  private var folder: URL { base.appendingPathComponent("holiday") }

  /// A folder with three photographs, one of them in a folder within, a picture that is none, a text, and links.
  init() throws {
    let files = FileManager.default, inside = folder.appendingPathComponent("beach")
    try files.createDirectory(at: inside, withIntermediateDirectories: true)
    let scene = try #require(DemoScenes.raster("house")), bytes = Data(try scene.pngData())
    try bytes.write(to: folder.appendingPathComponent("2 house.png"))
    try bytes.write(to: folder.appendingPathComponent("10 house.png"))
    try bytes.write(to: inside.appendingPathComponent("sea & sand.png"))
    try bytes.write(to: folder.appendingPathComponent(".hidden.png"))
    try bytes.write(to: base.appendingPathComponent("secret.png"))
    try Data("no picture".utf8).write(to: folder.appendingPathComponent("broken.jpg"))
    try Data("a text".utf8).write(to: folder.appendingPathComponent("notes.txt"))
    try files.createSymbolicLink(
      at: folder.appendingPathComponent("link.png"), withDestinationURL: base.appendingPathComponent("secret.png"))
    try files.createSymbolicLink(
      at: folder.appendingPathComponent("out"), withDestinationURL: base)
    try files.createSymbolicLink(
      at: folder.appendingPathComponent("same.png"), withDestinationURL: folder.appendingPathComponent("2 house.png"))
  }

  deinit { try? FileManager.default.removeItem(at: base) }

  private func looking<Value>(_ body: (Server) throws -> Value) throws -> Value {
    try serving(folders: [PhotographFolder("holiday", path: folder.path)]) { (server: Server) throws in
      try body(server)
    }
  }

  private func names(_ query: String, _ server: Server) throws -> (names: [String], total: Int?) {
    let answer = try server.ask("GET", "/api/folders/holiday\(query)").json as? [String: Any]
    let photographs = answer?["photographs"] as? [[String: String]] ?? []
    return (photographs.compactMap { $0["name"] }, answer?["total"] as? Int)
  }

  @Test func `photographs are listed in pages, in the order people give names`() throws {
    try looking { server in
      let all = try names("", server)
      #expect(all.total == all.names.count)
      #expect(
        all.names == [
          "2 house.png", "10 house.png", "beach/sea & sand.png", "broken.jpg", "same.png",
        ])
      let page = try names("?from=1&count=2", server)
      #expect(page.names == Array(all.names[1..<3]) && page.total == all.total)
      #expect(try names("?find=SEA", server).names == ["beach/sea & sand.png"])
      for query in ["?from=-1", "?count=0", "?count=201", "?from=x"] {
        #expect(try server.ask("GET", "/api/folders/holiday\(query)").status == 400)
      }
      let folders = try server.ask("GET", "/api/folders").json as? [[String: Any]]
      #expect(folders?.first?["name"] as? String == "holiday" && folders?.first?["photographs"] as? Int == all.total)
    }
  }

  @Test func `a photograph has a thumbnail, is predicted and is explained as if it had been sent`() throws {
    try looking { server in
      let path = "/api/thumbnail?image=folder:holiday/beach/sea%20%26%20sand.png"
      let small = try server.ask("GET", path)
      #expect(small.status == 200 && small.fields["content-type"] == "image/jpeg")
      let raster = try Raster(decoding: small.body, named: "small")
      #expect(max(raster.width, raster.height) <= 320)
      #expect(try server.ask("GET", path).body == small.body)
      let scene = try #require(DemoScenes.raster("house"))
      let sent = try #require(try server.send(scene.pngData(), named: "10%20house.png"))
      let image = "folder:holiday/10 house.png"
      #expect(
        try server.ask("/api/predict", ["image": image]).body == server.ask("/api/predict", ["image": sent]).body)
      func ranges(_ image: String) throws -> [[Float?]] {
        let answer = try server.ask("/api/explain", ["image": image, "methods": "grad-cam, gradient"])
        return try ReportJSON.decode([Report].self, from: Data(answer.body)).map {
          [$0.range?.minimum, $0.range?.maximum]
        }
      }
      let ours = try ranges(image)
      #expect(try ours.count == 2 && ours == ranges(sent))
    }
  }

  @Test(arguments: [
    "holiday/../secret.png", "holiday/link.png", "holiday/out/secret.png", "holiday/.hidden.png", "holiday/notes.txt",
    "holiday/beach", "holiday/", "holiday", "holiday//2 house.png", "holiday/./2 house.png", "elsewhere/a.png", "",
    "/etc/passwd", "holiday/2 house.png/../../secret.png", "holiday/absent.png",
  ])
  func `nothing outside a folder is to be had`(image: String) throws {
    try looking { server in
      let asked = try server.ask("/api/predict", ["image": "folder:\(image)"])
      let text = image.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
      let seen = try server.ask("GET", "/api/thumbnail?image=folder:\(text)")
      for answer in [asked, seen] {
        #expect(answer.status == 404 && answer.problem != nil, "\(image): \(answer.status) \(answer.text)")
        #expect(!answer.text.contains(base.path))
      }
    }
  }

  @Test func `what is no picture is told in a sentence, without the place where it lies`() throws {
    try looking { server in
      for answer in [
        try server.ask("/api/predict", ["image": "folder:holiday/broken.jpg"]),
        try server.ask("GET", "/api/thumbnail?image=folder:holiday/broken.jpg"),
      ] {
        #expect(answer.status == 422 && answer.problem?.contains("broken.jpg") == true, "\(answer.text)")
        #expect(!answer.text.contains(base.path))
      }
    }
  }

  @Test func `a file that is replaced is looked at anew`() throws {
    try looking { server in
      let question = ["image": "folder:holiday/2 house.png", "format": "page"]
      let before = try server.ask("/api/predict", question).body
      let other = try #require(DemoScenes.raster("house")).reversed
      try Data(other.pngData()).write(to: folder.appendingPathComponent("2 house.png"))
      #expect(try server.ask("/api/predict", question).body != before)
    }
  }

  @Test func `without folders there are none`() throws {
    try serving { (server: Server) throws in
      #expect(try server.ask("GET", "/api/folders").text == "[]")
      #expect(try server.ask("GET", "/api/folders/holiday").problem?.contains("--photos") == true)
    }
  }
}

extension Raster {
  /// The last pixel first.
  fileprivate var reversed: Raster {
    let pixels = stride(from: 0, to: samples.count, by: 3).map { Array(samples[$0..<$0 + 3]) }
    return Raster(width: width, height: height, samples: pixels.reversed().flatMap { $0 })
  }
}

import Foundation
import Testing

/// Results that are handed on: pages, folders with everything, pictures in the terminal.
@Suite struct ShareTests {
  let folder: Folder

  init() throws {
    folder = try Folder()
    try folder.writePhotograph()
  }

  private func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Command.Run {
    try Command.run(arguments, in: folder, environment: environment)
  }

  @Test func `a page holds the command that makes it again, and is the same each time`() throws {
    for _ in 0..<2 {
      #expect(try run("compare", "photo.png", "--methods", "grad-cam,gradient", "-o", "a page.html").status == 0)
      if folder.has("first.html") { break }
      try FileManager.default.copyItem(atPath: folder.path("a page.html"), toPath: folder.path("first.html"))
    }
    let page = try folder.text("a page.html")
    #expect(page == (try folder.text("first.html")))
    #expect(page.contains(#""command":"limn compare photo.png --methods grad-cam,gradient -o 'a page.html'""#))
    #expect(page.hasPrefix("<!doctype html>") && page.hasSuffix("</html>\n"))
  }

  @Test func `an explanation and an evaluation are pages, too`() throws {
    #expect(try run("explain", "photo.png", "-o", "one.html").status == 0)
    let judged = try run(
      "evaluate", "photo.png", "--methods", "grad-cam,random", "--metrics", "insertion(steps=4)", "-o", "judged.html")
    #expect(judged.status == 0 && judged.output.contains("Written: judged.html"), "\(judged.errors)")
    #expect(try folder.text("one.html").contains(#""method":"grad-cam""#))
    #expect(try folder.text("judged.html").contains(#""better":"higher""#))
  }

  @Test func `a folder takes everything, but not another's files`() throws {
    let made = try run("compare", "photo.png", "--methods", "grad-cam,gradient", "-o", "all/")
    #expect(made.status == 0 && made.output.contains("Written: all/"), "\(made.errors)")
    #expect(["manifest.json", "report.html", "sheet.png"].allSatisfy { folder.has("all/" + $0) })
    #expect(try run("compare", "photo.png", "--methods", "grad-cam", "-o", "all").status == 0)
    try FileManager.default.createDirectory(atPath: folder.path("own"), withIntermediateDirectories: true)
    try folder.write("mine", to: "own/notes.txt")
    let refused = try run("compare", "photo.png", "-o", "own/")
    #expect(refused.status == 73 && refused.errors.contains("holds other files"), "\(refused.errors)")
    let nowhere = try run("compare", "photo.png", "-o", "none/all/")
    #expect(nowhere.status == 73 && nowhere.errors.contains("there is no folder"), "\(nowhere.errors)")
  }

  @Test func `a terminal shows the overlay, and nothing is written`() throws {
    let shown = try run("explain", "photo.png", "--show", environment: ["LIMN_GRAPHICS": "blocks"])
    #expect(shown.status == 0 && shown.output.contains("▀") && shown.output.contains("Target: "), "\(shown.errors)")
    #expect(try folder.contents == ["photo.png"])
    let kitty = try run("explain", "photo.png", "--show", "-o", "map.npy", environment: ["LIMN_GRAPHICS": "kitty"])
    #expect(kitty.output.contains("\u{1B}_Ga=T,f=100") && folder.has("map.npy"))
    #expect(try run("explain", "photo.png", "--show", "--json").status == 64)
  }
}

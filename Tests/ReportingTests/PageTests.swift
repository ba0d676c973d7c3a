import AttributionKit
import Explaining
import Foundation
import Images
import Rendering
import Reporting
import Tensors
import Testing
import TestSupport

/// Pages that people operate; what they do is tried in a browser by Tests/Tools/check_page.py.
@Suite struct PageTests {
  let explained: [Explained]

  init() throws {
    explained = try Example.explainer().explain(
      Example.picture, Example.array, targets: ["dog", "cat"], methods: "grad-cam, smooth(gradient), cam(layer=nosuch)")
  }

  /// What the programs of a page read.
  struct Page: Decodable {
    let title: String, subtitle: String, command: String?, footer: [String], notes: [String]
    let colorMaps: [Colors], pictures: [Picture], rows: [Row], methods: [Method], style: Style

    struct Colors: Decodable { let name: String, isDiverging: Bool, colors: String }
    struct Style: Decodable { let colorMap: String, opacity: Float, pixels: String }
    struct Picture: Decodable { let name: String, width: Int, height: Int, source: String }
    struct Row: Decodable { let title: String, picture: Int?, refusal: String?, panels: [Panel] }
    struct Plane: Decodable { let height: Int, width: Int, step: Float?, data: String }
    struct Method: Decodable { let expression: String, sources: [Source] }
    struct Source: Decodable { let name: String, citation: String }

    struct Panel: Decodable {
      let method: String, error: String?, status: String?, kind: String, range: [Float], values: Plane?, sizes: Plane?
      let evidenceScale: Float, signedScale: Float
    }
  }

  private func page(_ sheet: Sheet, command: String? = nil) throws -> Page {
    try Self.page(PageWriter(command: command).data(of: sheet))
  }

  /// The data in a file.
  private static func page(_ file: [UInt8]) throws -> Page {
    let text = String(decoding: file, as: UTF8.self)
    let start = try #require(text.range(of: "id=\"data\">")).upperBound
    let end = try #require(text.range(of: "</script>", range: start..<text.endIndex)).lowerBound
    return try JSONDecoder().decode(Page.self, from: Data(text[start..<end].utf8))
  }

  @Test func `a page holds each picture once, and of each method its numbers or the reason why there are none`() throws
  {
    let page = try page(Sheet(of: explained, contents: .page), command: "limn compare 'a b.jpg'")
    #expect(page.title == "tiny.net" && page.command == "limn compare 'a b.jpg'" && page.notes.contains("small"))
    #expect(
      page.pictures.map(\.name) == ["folder/photo.jpg", "array.npy"] && page.rows.map(\.picture) == [0, 0, 1, 1])
    for (row, one) in zip(page.rows, explained) { check(row, one) }
    #expect(page.pictures.allSatisfy { $0.source.hasPrefix("data:image/png;base64,") })
    #expect(page.colorMaps.map(\.name) == ColorMap.allNames && page.colorMaps.allSatisfy { $0.colors.count == 6 * 256 })
  }

  /// Kept apart: the optimizer of Swift 6.3 fails at it.
  @_optimize(none)
  private func check(_ row: Page.Row, _ one: Explained) {
    #expect(row.title == one.inquiry.title && row.panels.map(\.method) == one.entries.map(\.expression.identifier))
    let (map, pixels, missing) = (row.panels[0], row.panels[1], row.panels[2])
    let (first, second) = (one.attributions[0], one.attributions[1])
    #expect(map.kind == "map" && map.sizes == nil && map.values?.height == first.height && map.values?.step == nil)
    #expect(map.range == [first.range.lowerBound, first.range.upperBound])
    #expect(map.evidenceScale == first.saliencyMap(.evidence).fullScale ?? 0)
    #expect(map.signedScale == first.saliencyMap(.signed).fullScale ?? 0)
    #expect(pixels.kind == "pixels" && pixels.sizes != nil && pixels.evidenceScale == second.saliencyMap().fullScale)
    #expect(missing.error?.contains("nosuch") == true && missing.values == nil)
  }

  @Test func `a page cites the methods it shows, those of combinations too`() throws {
    let page = try page(Sheet(of: explained, contents: .page))
    let smooth = try #require(page.methods.first { $0.expression.hasPrefix("smooth(") })
    #expect(page.methods.count == 3 && smooth.sources.map(\.name).contains("SmoothGrad"))
    #expect(page.methods[0].sources.map(\.citation) == ["Selvaraju et al., ICCV 2017, arXiv:1610.02391"])
  }

  @Test func `a page opens as it would be drawn`() throws {
    let style = DrawingStyle(colorMap: .inferno, opacity: 0.25, pixels: .signed)
    let page = try page(Sheet(of: explained, style: style, contents: .page))
    #expect(page.style.colorMap == "inferno" && page.style.opacity == 0.25 && page.style.pixels == "signed")
  }

  @Test func `the same values make the same bytes, and nothing in them ends the data or asks a network`() throws {
    let named = try Example.explainer().explain(
      [Picture(Example.photograph, named: "</script><b>{{program}}.jpg")], Question([.prediction]),
      by: Example.explainer().methods("grad-cam"))
    let sheet = try Sheet(of: named, contents: .page)
    let file = try PageWriter().data(of: sheet), text = String(decoding: file, as: UTF8.self)
    #expect(try file == PageWriter().data(of: Sheet(of: named, contents: .page)))
    #expect(try Self.page(file).pictures[0].name == "</script><b>{{program}}.jpg")
    #expect(text.contains("default-src 'none'"))
    #expect(!text.contains("src=\"http") && !text.contains("<link") && !text.contains("@import"))
    // Every module is in it, and none asks for another.
    #expect(!text.contains("\nimport ") && !text.contains("\nexport ") && text.contains("function projected("))
  }

  @Test func `one attribution is a page of one panel, a sheet without numbers is none`() throws {
    let file = try PageWriter().data(of: explained[0].entries[0], in: explained[0].inquiry, style: DrawingStyle())
    #expect(try Self.page(file).rows.map(\.panels.count) == [1])
    #expect(throws: (any Error).self) { try PageWriter().data(of: Sheet(of: explained)) }
    #expect(throws: (any Error).self) {
      try PageWriter().data(of: explained[0].entries[2], in: explained[0].inquiry, style: DrawingStyle())
    }
  }

  @Test func `many pixels are rounded, by a step that no display shows`() throws {
    let network = ChainNetwork.tiny(side: 80)
    let explainer = try Explainer(
      OpenedModel(network, classNames: ["cat", "dog", "fox", "hen"]), of: NetworkFile("large.net"))
    let explained = try explainer.explain(Example.picture, targets: ["dog"], methods: "gradient")
    let panel = try page(Sheet(of: explained, contents: .page)).rows[0].panels[0]
    let step = try #require(panel.sizes?.step)
    #expect(step > 0 && step <= panel.evidenceScale / 255)
  }
}

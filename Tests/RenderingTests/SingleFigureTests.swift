import Images
import Rendering
import Testing

@Suite struct SingleFigureTests {
  private let picture = Raster(width: 40, height: 30, fill: (10, 120, 200))

  @Test func `a bare picture keeps every pixel`() throws {
    let bytes = try SingleFigure(picture).render(as: .png)
    #expect(try Raster(decoding: bytes, named: "overlay.png") == picture)
  }

  @Test(arguments: FigureFormat.allCases)
  func `a captioned picture is reproducible`(format: FigureFormat) throws {
    let figure = SingleFigure(
      picture, title: "Grad-CAM · tabby cat", caption: "relu_11 · 14 × 14", colorBar: .init(.viridis, range: 0...0.2))
    let bytes = try figure.render(as: format)
    #expect(try figure.render(as: format) == bytes)
    #expect(try bytes != SingleFigure(picture).render(as: format))
  }

  @Test func `a caption grows with the picture, and makes the figure taller`() throws {
    let small = try decoded(Raster(width: 480, height: 100), title: "Grad-CAM")
    let large = try decoded(Raster(width: 960, height: 200), title: "Grad-CAM")
    #expect((small.width, small.height) == (large.width / 2, large.height / 2))
    #expect(try decoded(Raster(width: 480, height: 100), title: "Grad-CAM", caption: "relu").height > small.height)
  }

  private func decoded(_ picture: Raster, title: String, caption: String = "") throws -> Raster {
    try Raster(
      decoding: SingleFigure(picture, title: title, caption: caption).render(as: .png), named: "figure.png")
  }
}

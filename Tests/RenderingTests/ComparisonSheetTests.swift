import Images
import Rendering
import Testing

@Suite struct ComparisonSheetTests {
  static func panels(_ count: Int, width: Int = 32, height: Int = 24) -> [ComparisonSheet.Panel] {
    (0..<count).map { i in
      var picture = Raster(width: width, height: height)
      for y in 0..<height {
        for x in 0..<width { picture[x, y] = (UInt8(x * 7 & 255), UInt8(y * 5 & 255), UInt8(i * 20 & 255)) }
      }
      return ComparisonSheet.Panel(
        i == 3
          ? .empty(status: "not applicable", hint: "CAM needs pooling before its last layer; use Grad-CAM.")
          : .picture(picture),
        title: i == 0 ? "Original" : "A method with a rather long title, number \(i)",
        caption: "/backbone/stages/stages.3/blocks.2/Relu_output_0 · 14 × 14",
        colorBar: i == 0
          ? nil : .init(i % 2 == 0 ? .viridis : .diverging, range: -0.5...0.5, note: "raw −0.123 … 0.4567"),
        badge: i == 2 ? "all-negative" : nil)
    }
  }

  static func sheet(rows: Int = 1, panels count: Int = 10, width: Int = 32, height: Int = 24) -> ComparisonSheet {
    ComparisonSheet(
      title: "MobileNetV2", subtitle: "short side 256, centre crop 224",
      rows: (0..<rows).map { row in
        .init(
          title: "Weimaraner, a very long comma, separated, ImageNet synset name · 0.\(row) %", subtitle: "both.png",
          panels: panels(count, width: width, height: height))
      },
      footer: ["limn · gradient, cam, grad-cam(layer=features_28), grad-cam++", "positive evidence"])
  }

  @Test(arguments: FigureFormat.allCases)
  func `the same sheet gives the same bytes, in its format`(format: FigureFormat) throws {
    let sheet = Self.sheet(rows: 2, panels: 4)
    let bytes = try sheet.render(as: format)
    #expect(try sheet.render(as: format) == bytes)
    let signature: [UInt8] =
      switch format {
      case .png: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      case .jpeg: [0xFF, 0xD8, 0xFF]
      case .pdf: Array("%PDF-1.".utf8)
      case .svg: Array("<?xml".utf8)
      }
    #expect(bytes.starts(with: signature))
  }

  @Test func `a PNG decodes to the sheet's size, times the scale`() throws {
    let sheet = Self.sheet(panels: 3)
    let size = try sheet.size()
    for scale in [1.0, 2] {
      let raster = try Raster(decoding: try sheet.render(as: .png, scale: scale), named: "sheet.png")
      #expect(Double(raster.width) == (size.width * scale).rounded())
      #expect(Double(raster.height) == (size.height * scale).rounded())
      #expect(rgb(raster[0, 0]) == [255, 255, 255])
    }
  }

  @Test(arguments: [1, 1.25, 1.5, 1.73], [31, 32, 33, 37])
  func `paper reaches every edge, whatever fraction of a pixel the layout ends in`(scale: Double, height: Int) throws {
    let sheet = Self.sheet(panels: 2, height: height)
    let raster = try Raster(decoding: try sheet.render(as: .png, scale: scale), named: "sheet.png")
    for x in 0..<raster.width { #expect(rgb(raster[x, raster.height - 1]) == [255, 255, 255]) }
    for y in 0..<raster.height { #expect(rgb(raster[raster.width - 1, y]) == [255, 255, 255]) }
  }

  @Test func `more rows make a taller sheet and more panels a wider one`() throws {
    let (one, two, three) = (
      try Self.sheet(rows: 1, panels: 4).size(), try Self.sheet(rows: 2, panels: 4).size(),
      try Self.sheet(rows: 3, panels: 4).size()
    )
    #expect(one.height < two.height && two.height < three.height)
    #expect(try Self.sheet(rows: 1, panels: 2).size().width < one.width)
  }

  @Test(arguments: [(1, 1), (1, 2), (1, 5), (1, 10), (1, 13), (3, 10), (2, 23)], [(32, 24), (20, 60), (200, 20)])
  func `text stays on the sheet, inside its box and clear of other text and pictures`(
    grid: (rows: Int, panels: Int), shape: (width: Int, height: Int)
  ) throws {
    let figure = try Self.sheet(rows: grid.rows, panels: grid.panels, width: shape.width, height: shape.height).figure()
    let measure = try TextMeasure()
    let lines = figure.marks.compactMap { mark in if case .text(let line) = mark { line } else { nil } }
    let pictures = figure.marks.compactMap { mark in
      switch mark {
      case .picture(_, let frame), .scale(_, let frame): frame
      default: nil
      }
    }
    #expect(lines.count >= grid.rows * grid.panels)
    for (i, line) in lines.enumerated() {
      let width = measure.width(of: line.text, in: line.font)
      #expect(width <= line.box.width + 1e-6, "\(line.text)")
      #expect(line.font.size >= Font.smallest)
      #expect(line.x >= 20 && line.x + width <= figure.width - 20, "\(line.text)")
      #expect(line.box.y >= 20 && line.box.bottom <= figure.height - 10, "\(line.text)")
      let ours = Area(x: line.x, y: line.box.y, width: width, height: line.box.height)
      for other in lines[(i + 1)...] {
        let width = measure.width(of: other.text, in: other.font)
        #expect(
          !ours.meets(Area(x: other.x, y: other.box.y, width: width, height: other.box.height)),
          "\(line.text) | \(other.text)")
      }
      // Badges lie on their pictures.
      guard line.text != "all-negative" else { continue }
      for picture in pictures { #expect(!ours.meets(picture), "\(line.text)") }
    }
    for (i, picture) in pictures.enumerated() {
      #expect(picture.right <= figure.width && picture.bottom <= figure.height)
      for other in pictures[(i + 1)...] { #expect(!picture.meets(other)) }
    }
  }

  @Test(arguments: [(32, 24), (20, 60), (200, 20)])
  func `pictures keep the photograph's shape`(shape: (width: Int, height: Int)) throws {
    let figure = try Self.sheet(width: shape.width, height: shape.height).figure()
    for case .picture(_, let frame) in figure.marks {
      let expected = frame.width * Double(shape.height) / Double(shape.width)
      #expect(abs(frame.height - expected) <= 0.51 * max(1, Double(shape.height) / Double(shape.width)))
    }
  }

  @Test func `letters outside of Latin are drawn, not dropped`() throws {
    var sheet = ComparisonSheet(rows: [.init(title: "", panels: Self.panels(1))])
    let without = try Raster(decoding: sheet.render(as: .png), named: "sheet.png")
    sheet.rows[0].title = "虎斑猫 · кот · γάτα · قط"
    let with = try Raster(decoding: sheet.render(as: .png), named: "sheet.png")
    #expect(with.height > without.height)
    #expect(with.samples.filter { $0 < 128 }.count > without.samples.filter { $0 < 128 }.count + 300)
  }

  @Test func `a sheet beyond the format's limit is refused in a sentence`() throws {
    let sheet = Self.sheet(rows: 200, panels: 1, width: 8, height: 12)
    for format in FigureFormat.allCases {
      #expect { try sheet.render(as: format) } throws: { error in
        guard case RenderingError.tooLarge = error else { return false }
        return "\(error)".contains("show fewer images")
      }
    }
  }

  @Test func `a scale that is no scale is refused`() {
    for scale in [0, -1, .nan, .infinity, 1e300] {
      #expect(throws: RenderingError.self) { try Self.sheet(panels: 1).render(as: .png, scale: scale) }
    }
  }

  @Test func `a PDF does not say when it was made`() throws {
    let page = String(decoding: try Self.sheet(panels: 1).render(as: .pdf), as: UTF8.self)
    #expect(page.contains("/Producer"))
    #expect(!page.contains("/CreationDate") && !page.contains("/ModDate"))
  }

  @Test func `a sheet without a panel is refused`() {
    #expect(throws: RenderingError.nothingToShow) { try ComparisonSheet(rows: []).render(as: .png) }
    #expect(throws: RenderingError.nothingToShow) {
      try ComparisonSheet(rows: [.init(title: "cat", panels: [])]).render(as: .svg)
    }
  }

  @Test func `formats are known by their extensions`() {
    #expect(FigureFormat(fileExtension: "JPG") == .jpeg)
    #expect(FigureFormat(fileExtension: "jpeg") == .jpeg)
    #expect(FigureFormat(fileExtension: "Pdf") == .pdf)
    #expect(FigureFormat(fileExtension: "gif") == nil)
  }

  @Test func `a vector sheet embeds a photograph that several rows show only once`() throws {
    let panel = ComparisonSheet.Panel(.picture(Raster(width: 9, height: 9, fill: (1, 2, 3))), title: "Original")
    let row = ComparisonSheet.Row(title: "cat", panels: [panel])
    let drawing = String(decoding: try ComparisonSheet(rows: [row, row, row]).render(as: .svg), as: UTF8.self)
    #expect(drawing.components(separatedBy: "data:image/png").count == 2)
  }
}

extension Area {
  fileprivate func meets(_ other: Area) -> Bool {
    x < other.right && other.x < right && y < other.bottom && other.y < bottom
  }
}

extension String {
  fileprivate func components(separatedBy separator: String) -> [Substring] {
    split(separator: separator, omittingEmptySubsequences: false)
  }
}

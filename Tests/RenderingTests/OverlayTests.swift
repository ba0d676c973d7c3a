import AttributionKit
import Images
import Rendering
import Tensors
import Testing

@Suite struct OverlayTests {
  private let photograph = Raster(width: 2, height: 1, samples: [10, 20, 30, 200, 100, 0])

  @Test func `opacity mixes colour and photograph`() throws {
    let picture = try Overlay(colorMap: .gray, opacity: 0.25)
      .raster(of: Tensor([1, 0], shape: [1, 2]), over: photograph)
    // 0.25 · 255 + 0.75 · photograph, then 0.75 · photograph, rounded.
    #expect(picture.samples == [71, 79, 86, 150, 75, 0])
  }

  @Test func `the ends of opacity show one or the other`() throws {
    let saliency = Tensor([1, 0], shape: [1, 2])
    #expect(try Overlay(colorMap: .jet, opacity: 0).raster(of: saliency, over: photograph) == photograph)
    #expect(
      try Overlay(colorMap: .jet, opacity: 1).raster(of: saliency, over: photograph)
        == ColorMap.jet.raster(of: saliency))
    #expect(Overlay(opacity: 3).opacity == 1)
  }

  @Test(arguments: [(0..<40, 5..<30), (3..<37, 0..<35), (12..<13, 20..<21), (0..<2, 33..<35), (1..<39, 1..<34)])
  func `a projected map is drawn like one with holes`(columns: Range<Int>, rows: Range<Int>) throws {
    let photograph = Raster(width: 40, height: 35, samples: (0..<4200).map { UInt8(truncatingIfNeeded: $0 * 37) })
    let values = (0..<1400).map { Float($0 % 97) / 96 }
    let holes = values.indices.map { columns.contains($0 % 40) && rows.contains($0 / 40) ? values[$0] : .nan }
    let overlay = Overlay(colorMap: .turbo, opacity: 0.4)
    let map = ProjectedMap(width: 40, height: 35, values: values, seenColumns: columns, seenRows: rows)
    #expect(
      try overlay.raster(of: map, over: photograph)
        == overlay.raster(of: Tensor(holes, shape: [35, 40]), over: photograph))
  }

  @Test func `the border that the network never saw loses its colour and gets a line`() throws {
    let photograph = Raster(width: 9, height: 7, fill: (200, 40, 40))
    var saliency = Tensor(repeating: .nan, shape: [7, 9])
    for y in 2..<5 { for x in 2..<7 { saliency[9 * y + x] = 0.5 } }
    let picture = try Overlay(colorMap: .viridis, opacity: 0.5).raster(of: saliency, over: photograph)
    for y in 0..<7 {
      for x in 0..<9 {
        let color = rgb(picture[x, y])
        let isSeen = 2..<5 ~= y && 2..<7 ~= x
        let isNext = 1..<6 ~= y && 1..<8 ~= x && !isSeen
        #expect((Set(color).count == 1) == !isSeen, "colour at \(x), \(y): \(color)")
        if isNext { #expect(color == [64, 64, 64], "the line runs through \(x), \(y)") }
        if !isSeen && !isNext { #expect(color[0] > 150, "pale at \(x), \(y)") }
      }
    }
  }

  @Test func `a map of another extent is refused with both extents`() {
    #expect(throws: RenderingError.extentMismatch(map: [2, 2], photograph: [1, 2])) {
      try Overlay().raster(of: Tensor(repeating: 0, shape: [2, 2]), over: photograph)
    }
  }

  @Test func `a projected map covers what the network saw, and only that`() throws {
    let photograph = Raster(width: 256, height: 128, fill: (0, 90, 0))
    let geometry = try Preprocessing.imagenet.geometry(
      originalWidth: 512, originalHeight: 256, height: 224, width: 224)
    let map = geometry.project([0, 1, 0, 1], height: 2, width: 2, onto: (256, 128))
    let picture = try Overlay(colorMap: .inferno, opacity: 1).raster(of: map, over: photograph)
    #expect(rgb(picture[72, 8]) == rgb(ColorMap.inferno[0]))
    #expect(rgb(picture[183, 119]) == rgb(ColorMap.inferno[1]))
    #expect(rgb(picture[71, 8]) == [64, 64, 64] && rgb(picture[183, 120]) == [64, 64, 64])
    #expect(throws: RenderingError.self) { try Overlay().raster(of: map, over: Raster(width: 4, height: 4)) }
  }

  @Test func `a picture is placed where its pixels come from`() {
    let photograph = Raster(width: 8, height: 8, fill: (0, 90, 0))
    let picture = Raster(width: 2, height: 1, samples: [255, 0, 0, 0, 0, 255])
    let canvas = picture.placed(at: Rectangle(left: 2, top: 3, right: 6, bottom: 5), on: photograph)
    for y in 3..<5 {
      for x in 2..<6 { #expect(rgb(canvas[x, y]) == (x < 4 ? [255, 0, 0] : [0, 0, 255])) }
    }
    #expect(rgb(canvas[1, 3]) == [64, 64, 64])
    #expect(Set(rgb(canvas[7, 7])).count == 1)
  }

  @Test func `a frame beyond the photograph is cut, and one that covers it leaves no border`() {
    let photograph = Raster(width: 4, height: 2, fill: (0, 90, 0))
    let picture = Raster(width: 1, height: 1, fill: (9, 8, 7))
    let covering = picture.placed(at: Rectangle(left: -3, top: -3, right: 17, bottom: 17), on: photograph)
    #expect(covering == Raster(width: 4, height: 2, fill: (9, 8, 7)))
    let outside = picture.placed(at: Rectangle(left: 40, top: 40, right: 42, bottom: 42), on: photograph)
    #expect(!outside.samples.contains(9))
  }

  @Test func `pixel attributions return through the geometry, also onto a reduced canvas`() throws {
    let geometry = try Preprocessing.imagenet.geometry(
      originalWidth: 512, originalHeight: 256, height: 224, width: 224)
    let canvas = Raster(width: 224, height: 224, fill: (0, 0, 250))
      .placed(by: geometry, on: Raster(width: 256, height: 128, fill: (0, 90, 0)))
    // The crop of 224 lies 144 pixels from the left and 16 from the top; the canvas halves both.
    #expect(rgb(canvas[72, 8]) == [0, 0, 250] && rgb(canvas[183, 119]) == [0, 0, 250])
    #expect(rgb(canvas[71, 8]) == [64, 64, 64] && rgb(canvas[184, 119]) == [64, 64, 64])
    #expect(rgb(canvas[72, 7]) == [64, 64, 64] && rgb(canvas[183, 120]) == [64, 64, 64])
  }

  @Test func `a picture finer than the photograph is averaged onto it`() {
    let stripes = Raster(width: 4, height: 1, samples: [0, 0, 0, 200, 200, 200].cycled(2))
    let canvas = stripes.placed(
      at: Rectangle(left: 0, top: 0, right: 2, bottom: 1), on: Raster(width: 2, height: 1, fill: (0, 90, 0)))
    #expect(canvas == Raster(width: 2, height: 1, fill: (100, 100, 100)))
  }

  @Test func `reduction averages areas, also where they cut pixels`() {
    let raster = Raster(width: 4, height: 2, samples: [0, 0, 0, 100, 100, 100, 50, 50, 50, 50, 50, 50].cycled(2))
    #expect(raster.reduced(toFit: 2) == Raster(width: 2, height: 1, fill: (50, 50, 50)))
    #expect(raster.reduced(toFit: 4) == raster)
    let three = Raster(width: 3, height: 1, samples: [0, 0, 0, 90, 90, 90, 180, 180, 180])
    // The first of two covers one and a half pixels: (0 + 45) / 1.5.
    #expect(three.reduced(toFit: 2).samples == [30, 30, 30, 150, 150, 150])
  }
}

extension [UInt8] {
  fileprivate func cycled(_ times: Int) -> [UInt8] { Array(repeatElement(self, count: times).joined()) }
}

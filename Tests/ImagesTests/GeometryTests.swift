import AttributionKit
import Images
import Tensors
import Testing

@Suite struct `Geometry` {
  static let recipes: [Preprocessing.Resize] = [
    .centerCrop(keeping: 0.875), .centerCrop(keeping: 1), .exact, .letterbox(fill: 0),
  ]

  /// A white dot on black, large enough to survive the resize.
  private func photograph(width: Int, height: Int, dotAt x: Int, _ y: Int) -> Raster {
    var raster = Raster(width: width, height: height, fill: (0, 0, 0))
    for dy in -2...2 { for dx in -2...2 { raster[x + dx, y + dy] = (255, 255, 255) } }
    return raster
  }

  private func peak(_ values: [Float], width: Int) -> (x: Int, y: Int) {
    let index = values.indices.max { values[$0] < values[$1] } ?? 0
    return (index % width, index / width)
  }

  @Test(arguments: recipes, [(300, 200), (200, 300), (97, 131), (640, 640)])
  func `brings a peak back to the pixel it came from`(resize: Preprocessing.Resize, extent: (Int, Int)) throws {
    let (w, h) = extent
    for (x, y) in [(w / 2, h / 2), (w / 2 - 20, h / 2 + 15), (w / 3 + 3, h / 3 + 2), (2 * w / 3, h / 2)] {
      let prepared = try Preprocessing(resize: resize)
        .prepare(photograph(width: w, height: h, dotAt: x, y), height: 224, width: 192)
      let map = Array(prepared.tensor.scalars.prefix(224 * 192))
      let projected = prepared.geometry.project(map, height: 224, width: 192)
      try #require((projected.width, projected.height) == (w, h))
      let found = peak(projected.values, width: w)
      #expect(abs(found.x - x) <= 3 && abs(found.y - y) <= 3, "(\(x), \(y)) came back at \(found)")
    }
  }

  @Test(arguments: recipes)
  func `goes there and back`(resize: Preprocessing.Resize) throws {
    let geometry = try Preprocessing(resize: resize)
      .geometry(originalWidth: 517, originalHeight: 301, height: 224, width: 224)
    let there = geometry.input(originalX: 123.25, y: 77.5)
    let back = geometry.original(inputX: there.x, y: there.y)
    #expect(abs(back.x - 123.25) < 1e-9 && abs(back.y - 77.5) < 1e-9)
  }

  @Test func `knows what the network saw`() throws {
    func seen(_ resize: Preprocessing.Resize) throws -> Rectangle {
      try Preprocessing(resize: resize).geometry(originalWidth: 400, originalHeight: 200, height: 100, width: 100).seen
    }
    let whole = Rectangle(left: 0, top: 0, right: 400, bottom: 200)
    #expect(try seen(.exact) == whole)
    #expect(try seen(.letterbox(fill: 0)) == whole)
    #expect(try seen(.centerCrop(keeping: 1)) == Rectangle(left: 100, top: 0, right: 300, bottom: 200))
    #expect(try seen(.centerCrop(keeping: 0.5)) == Rectangle(left: 150, top: 50, right: 250, bottom: 150))
  }

  @Test func `a centre between two pixels begins at the even one, or where sides are cut, at the lower`() throws {
    func left(_ rounding: Preprocessing.Rounding?, _ width: Int) throws -> Int {
      try Preprocessing(resize: .centerCrop(keeping: 1), rounding: rounding).geometry(
        originalWidth: width, originalHeight: 100, height: 100, width: 100
      ).left
    }
    #expect(try left(nil, 111) == 6 && left(.even, 111) == 6 && left(.nearest, 111) == 6 && left(.down, 111) == 5)
    #expect(try left(nil, 113) == 6 && left(.down, 113) == 6)
  }

  @Test func `a side is cut, or rounded where that is said`() throws {
    func width(_ rounding: Preprocessing.Rounding?) throws -> Int {
      try Preprocessing(resize: .centerCrop(keeping: 1), rounding: rounding).geometry(
        originalWidth: 227, originalHeight: 128, height: 100, width: 100
      ).resizedWidth
    }
    // 177.34 and 178.9
    #expect(try width(nil) == 177 && width(.nearest) == 177)
    let tall = Preprocessing(resize: .centerCrop(keeping: 1), rounding: .nearest)
    #expect(try tall.geometry(originalWidth: 229, originalHeight: 128, height: 100, width: 100).resizedWidth == 179)
  }

  @Test func `gives no value outside of what the network saw`() throws {
    let geometry = try Preprocessing(resize: .centerCrop(keeping: 1))
      .geometry(originalWidth: 400, originalHeight: 200, height: 100, width: 100)
    let map = geometry.project([5, 5, 5, 5], height: 2, width: 2)
    #expect(map.seenColumns == 100..<300)
    #expect(map.seenRows == 0..<200)
    for y in 0..<200 {
      for x in 0..<400 { #expect(map.values[y * 400 + x] == (100..<300 ~= x ? 5 : 0)) }
    }
  }

  @Test func `drops the padding of a letterbox`() throws {
    let geometry = try Preprocessing(resize: .letterbox(fill: 0))
      .geometry(originalWidth: 400, originalHeight: 200, height: 100, width: 100)
    // The photograph lies on the middle 50 rows; the map shouts in the padding only.
    let map = (0..<100 * 100).map { 24...75 ~= $0 / 100 ? Float(1) : 1000 }
    let projected = geometry.project(map, height: 100, width: 100)
    #expect(projected.values.allSatisfy { $0 == 1 })
  }

  @Test func `interpolates between the centres of cells`() throws {
    let geometry = try Preprocessing(resize: .exact).geometry(
      originalWidth: 8, originalHeight: 1, height: 16, width: 16)
    // Two cells over 8 pixels: centres at 2 and 6, so pixel centre 3.5 lies three eighths of the way.
    let values = geometry.project([0, 8], height: 1, width: 2).values
    #expect(values == [0, 0, 1, 3, 5, 7, 8, 8])
  }

  @Test func `covers reduced displays alike`() throws {
    let geometry = try Preprocessing.imagenet.geometry(
      originalWidth: 4000, originalHeight: 3000, height: 224, width: 224)
    let map = (0..<49).map { Float($0 * $0 % 17) }
    let (small, large) = (
      geometry.project(map, height: 7, width: 7, onto: (1000, 750)), geometry.project(map, height: 7, width: 7)
    )
    for (x, y) in [(500, 375), (300, 200), (640, 500)] {
      let whole = large.values[(y * 4 + 2) * 4000 + x * 4 + 2]
      #expect(abs(small.values[y * 1000 + x] - whole) < 0.2)
    }
  }
}

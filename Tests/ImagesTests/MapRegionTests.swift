import Images
import Testing

/// Parts of a map that stand out.
@Suite struct MapRegionTests {
  private let map = ProjectedMap(
    width: 5, height: 3,
    values: [
      0, 4, 0, 0, 0,
      0, 8, 0, 1, 2,
      0, 0, 0, 0, 9,
    ], seenColumns: 0..<5, seenRows: 0..<3)

  @Test func `connected pixels above a share of the maximum are a part, with what it holds`() throws {
    let parts = map.regions(above: 0.2)
    #expect(parts.count == 2)
    #expect(parts[0] == map.regions(above: 0.2)[0])
    let (first, second) = (parts[0], parts[1])
    #expect([first.left, first.top, first.right, first.bottom, first.area] == [1, 0, 2, 2, 2])
    #expect(first.share == 0.5 && first.centroidX == 1.5)
    #expect(abs(first.centroidY - (4 * 0.5 + 8 * 1.5) / 12) < 1e-9)
    #expect([second.left, second.top, second.right, second.bottom, second.area] == [4, 1, 5, 3, 2])
    #expect(second.share == 11.0 / 24)
  }

  @Test func `what the network never saw belongs to none, and an empty map has none`() {
    let unseen = ProjectedMap(width: 5, height: 3, values: map.values, seenColumns: 0..<4, seenRows: 0..<3)
    #expect(unseen.regions(above: 0.2).count == 1)
    let empty = ProjectedMap(
      width: 2, height: 1, values: [-1, 0], seenColumns: 0..<2, seenRows: 0..<1)
    #expect(empty.regions(above: 0.1).isEmpty && !empty.mask(above: 0.1).contains(true))
  }

  @Test func `masks and levels are read again as they were written`() throws {
    let mask = GrayRaster(mask: [true, false, false, true, true, false], width: 3, height: 2)
    let read = try Raster(decoding: mask.pngData(), named: "mask")
    #expect(
      read.width == 3 && read.height == 2
        && read.samples == [1, 0, 0, 1, 1, 0].flatMap { Array(repeating: UInt8($0 * 255), count: 3) })
    let levels = try GrayRaster(levels: [0, 0.5, 1, 2], width: 4, height: 1).pngData()
    // Of 16 bits the high ones are kept.
    #expect(
      try Raster(decoding: levels, named: "levels").samples.enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
        == [0, 128, 255, 255])
  }
}

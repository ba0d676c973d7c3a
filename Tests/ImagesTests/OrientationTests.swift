import Images
import Testing

@Suite struct `Orientation` {
  /// Where the top left and the top right pixel of the stored picture belong (EXIF 2.32: row 0 is the visual …, column 0 …).
  static let places: [(orientation: Int, row0: String, column0: String)] = [
    (1, "top", "left"), (2, "top", "right"), (3, "bottom", "right"), (4, "bottom", "left"), (5, "left", "top"),
    (6, "right", "top"), (7, "right", "bottom"), (8, "left", "bottom"),
  ]

  /// The pixel of the upright picture that a stored pixel belongs to, from the standard's own words.
  private func upright(_ orientation: Int, x: Int, y: Int, width: Int, height: Int) -> (Int, Int) {
    let place = Self.places[orientation - 1]
    var at = (0, 0)
    for (side, distance, extent) in [(place.row0, y, height), (place.column0, x, width)] {
      switch side {
      case "top": at.1 = distance
      case "bottom": at.1 = extent - 1 - distance
      case "left": at.0 = distance
      default: at.0 = extent - 1 - distance
      }
    }
    return at
  }

  @Test(arguments: 1...8, [false, true])
  func `of a JPEG file is undone`(orientation: Int, little: Bool) throws {
    let plain = try gradient(width: 24, height: 16).jpegData(quality: 95)
    let stored = try Raster(decoding: plain, named: "it")
    let turned = try Raster(
      decoding: jpeg(plain, withEXIF: exif(orientation: orientation, little: little)), named: "it")
    try expect(turned, stored, orientation)
  }

  @Test(arguments: 1...8)
  func `of a PNG file is undone`(orientation: Int) throws {
    let builder = PNGBuilder(width: 5, height: 3, chunks: [("eXIf", exif(orientation: orientation, little: true))])
    let stored = gradient(width: 5, height: 3)
    let file = builder.file { x, y in [Int(stored[x, y].0), Int(stored[x, y].1), Int(stored[x, y].2)] }
    try expect(Raster(decoding: file, named: "it"), stored, orientation)
  }

  private func expect(_ turned: Raster, _ stored: Raster, _ orientation: Int) throws {
    let (w, h) = (stored.width, stored.height)
    try #require((turned.width, turned.height) == (orientation > 4 ? (h, w) : (w, h)))
    for y in 0..<h {
      for x in 0..<w {
        let at = upright(orientation, x: x, y: y, width: w, height: h)
        #expect(turned[at.0, at.1] == stored[x, y])
      }
    }
  }

  @Test func `that makes no sense is ignored`() throws {
    let plain = try gradient(width: 9, height: 5).jpegData()
    let stored = try Raster(decoding: plain, named: "it")
    let sound = exif(orientation: 6, little: false)
    var blocks = [exif(orientation: 0, little: true), exif(orientation: 9, little: true), [], Array("XX".utf8)]
    blocks += (0..<sound.count - 6).map { Array(sound[..<$0]) }.filter { $0.count < 20 }
    // A directory far outside of the block, and one with 65 535 entries.
    blocks.append(Array("MM".utf8) + [0, 42, 0xFF, 0xFF, 0xFF, 0xFF])
    blocks.append(Array("MM".utf8) + [0, 42, 0, 0, 0, 8, 0xFF, 0xFF])
    for block in blocks {
      #expect(try Raster(decoding: jpeg(plain, withEXIF: block), named: "it") == stored, "\(block)")
    }
  }
}

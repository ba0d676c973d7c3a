import Images
import Testing

@Suite struct `BMP files` {
  private func little(_ value: Int, _ count: Int = 4) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private func file(
    _ width: Int, _ height: Int, bits: Int, compression: Int = 0, palette: [UInt8] = [], masks: [Int] = [],
    _ pixels: [UInt8]
  ) -> [UInt8] {
    let middle = masks.flatMap { little($0) } + palette
    var bytes = Array("BM".utf8) + little(0) + little(0) + little(54 + middle.count)
    bytes += little(40) + little(width) + little(height) + little(1, 2) + little(bits, 2) + little(compression)
    bytes += little(pixels.count) + little(0) + little(0) + little(palette.count / 4) + little(0)
    return bytes + middle + pixels
  }

  private let palette: [UInt8] = [0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0]
  private let red: [UInt8] = [255, 0, 0], green: [UInt8] = [0, 255, 0], blue: [UInt8] = [0, 0, 255]

  private func samples(_ file: [UInt8]) throws -> [UInt8] { try Raster(decoding: file, named: "it").samples }

  @Test func `lie from the bottom, or from the top where the height is negative`() throws {
    let rows: [UInt8] = [255, 0, 0, 0, 255, 0, 0, 0] + [0, 0, 255, 255, 255, 255, 0, 0]
    let white: [UInt8] = [255, 255, 255]
    #expect(try samples(file(2, 2, bits: 24, rows)) == red + white + blue + green)
    #expect(try samples(file(2, -2, bits: 24, rows)) == blue + green + red + white)
  }

  @Test func `have palettes, packed or in runs`() throws {
    #expect(try samples(file(3, 1, bits: 8, palette: palette, [0, 1, 2, 0])) == red + green + blue)
    #expect(try samples(file(3, 1, bits: 4, palette: palette, [0x01, 0x20, 0, 0])) == red + green + blue)
    #expect(try samples(file(3, 1, bits: 1, palette: palette, [0b0100_0000, 0, 0, 0])) == red + green + red)
    let runs: [UInt8] = [2, 1, 1, 2, 0, 0, 0, 3, 0, 1, 2, 0, 0, 1]
    #expect(
      try samples(file(3, 2, bits: 8, compression: 1, palette: palette, runs))
        == red + green + blue + green + green + blue)
    #expect(
      try samples(file(3, 1, bits: 4, compression: 2, palette: palette, [3, 0x12, 0, 1])) == green + blue + green)
  }

  @Test func `have 16 and 32 bits by masks`() throws {
    #expect(try samples(file(2, 1, bits: 16, [0x00, 0x7C, 0x1F, 0x00])) == red + blue)
    #expect(
      try samples(file(2, 1, bits: 16, compression: 3, masks: [0xF800, 0x7E0, 0x1F], [0xE0, 0x07, 0x00, 0xF8]))
        == green + red)
    #expect(try samples(file(1, 1, bits: 32, [1, 2, 3, 0])) == [3, 2, 1])
  }

  @Test func `that promise more than there is are refused`() throws {
    #expect(
      refusal(of: file(2, 2, bits: 24, [1, 2, 3])) == .corrupt(name: "it", reason: "it ends before its pixels do"))
    #expect(
      refusal(of: file(1 << 20, 1 << 20, bits: 24, [1]))?.description.contains("more than 256 megapixels") == true)
    #expect(refusal(of: file(1, 1, bits: 8, palette: palette, [9, 0, 0, 0])) != nil)
    let whole = file(3, 2, bits: 8, compression: 1, palette: palette, [2, 1, 1, 2, 0, 0, 0, 3, 0, 1, 2, 0, 0, 1])
    for index in whole.indices {
      for change: UInt8 in [1, 0x55, 0xFF] {
        var damaged = whole
        damaged[index] ^= change
        _ = try? Raster(decoding: damaged, named: "it", pixelLimit: 1_000_000)
      }
    }
  }
}

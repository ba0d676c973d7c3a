import Images
import Testing

@Suite struct NetpbmTests {
  private func picture(_ head: String, _ content: [UInt8] = []) throws -> [UInt8] {
    try Raster(decoding: Array(head.utf8) + content, named: "it").samples
  }

  private func reason(_ head: String, _ content: [UInt8] = []) -> String? {
    do { return try picture(head, content).isEmpty ? "" : nil } catch { return "\(error)" }
  }

  @Test func `maps of pixels and greys, in text and in bytes, give the same picture`() throws {
    let colors: [UInt8] = [255, 0, 0, 0, 255, 0, 1, 2, 3, 9, 8, 7]
    let text = "P3 # by hand\n2 2\n# greatest\n255\n" + colors.map(String.init).joined(separator: " \n")
    #expect(try picture(text) == colors)
    #expect(try picture("P6\n2 2\n255\n", colors) == colors)
    let grays: [UInt8] = [0, 0, 0, 100, 100, 100, 255, 255, 255]
    #expect(try picture("P2\n3 1\n255\n0 100 255\n") == grays)
    #expect(try picture("P5 3 1 255\n", [0, 100, 255]) == grays)
  }

  @Test func `bitmaps are ink on paper, their rows of whole bytes`() throws {
    let bits: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0]
    let expected = bits.flatMap { [UInt8](repeating: $0 == 1 ? 0 : 255, count: 3) }
    #expect(try picture("P4\n9 2\n", [0b1000_0000, 0b1000_0000, 0b0100_0000, 0]) == expected)
    #expect(try picture("P1\n9 2\n100000001\n0 1 0 0 0 0 0 0 0") == expected)
  }

  @Test func `other greatest values are scaled, of 16 bits the high byte first`() throws {
    #expect(try picture("P2\n3 1\n5\n0 2 5\n") == [0, 0, 0, 102, 102, 102, 255, 255, 255])
    #expect(try picture("P5\n2 1\n65535\n", [0x80, 0, 0xFF, 0xFF]) == [128, 128, 128, 255, 255, 255])
  }

  @Test func `damaged files are refused, not completed`() throws {
    #expect(reason("P6\n2 2\n255\n", [1, 2, 3])?.contains("ends before its pixels do") == true)
    #expect(reason("P2\n2 2\n255\n1 2 3")?.contains("ends before its pixels do") == true)
    #expect(reason("P2\n1 1\n10\n11\n")?.contains("above its greatest value") == true)
    for head in ["P6\n", "P6\n0 2\n255\n", "P6\n2 2\n0\n", "P6\n2 2\n70000\n", "P5\n-1 2\n255\n"] {
      #expect(reason(head, [0, 0, 0, 0])?.contains("its header makes no sense") == true, "\(head)")
    }
    #expect(reason("P5\n9999999999 9999999999\n255\n")?.contains("more than 256 megapixels") == true)
    #expect(reason("P5\n100000 100000\n255\n")?.contains("raise the limit") == true)
  }

  @Test func `the limit on pixels can be lowered and raised`() throws {
    let file = Array("P5\n3 2\n255\n".utf8) + [1, 2, 3, 4, 5, 6]
    #expect(try Raster(decoding: file, named: "it", pixelLimit: 6).width == 3)
    #expect(throws: ImageError.tooLarge(name: "it", width: 3, height: 2, limit: 5)) {
      try Raster(decoding: file, named: "it", pixelLimit: 5)
    }
    let png = PNGBuilder(width: 3, height: 2).file { _, _ in [1, 2, 3] }
    #expect(throws: ImageError.tooLarge(name: "it", width: 3, height: 2, limit: 5)) {
      try Raster(decoding: png, named: "it", pixelLimit: 5)
    }
  }
}

import Images
import Testing

@Suite struct MaskFileTests {
  /// Two rows of three, the last column inside.
  private let expected = [false, false, true, false, false, true]

  private func mask(_ bytes: [UInt8], _ name: String = "mask") throws -> Mask {
    try withTemporaryFolder { folder in
      try AtomicFile.write(bytes, to: "\(folder)/\(name)")
      return try Mask(contentsOf: "\(folder)/\(name)")
    }
  }

  private func array(_ descr: String, _ shape: String, fortran: Bool = false, _ content: [UInt8]) -> [UInt8] {
    let header = "{'descr': '\(descr)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': \(shape), }\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8) + content
  }

  /// The levels `off` and `on` as elements of a type, in C or Fortran order.
  private func content(_ off: [UInt8], _ on: [UInt8], fortran: Bool) -> [UInt8] {
    (fortran ? [off, off, off, off, on, on] : [off, off, on, off, off, on]).flatMap { $0 }
  }

  @Test(
    arguments: [
      ("|b1", [0], [1]), ("|u1", [0], [255]), ("|u1", [0], [1]), ("|i1", [0], [1]), ("|i1", [0xFF], [0]),
      ("<i2", [0, 0], [1, 0]), ("<u2", [0, 0], [0xFF, 0xFF]), (">u2", [0, 0], [0, 1]),
      ("<i8", [0, 0, 0, 0, 0, 0, 0, 0], [7, 0, 0, 0, 0, 0, 0, 0]),
      ("<f4", [0, 0, 0, 0], [0, 0, 0x80, 0x3F]), ("<f2", [0, 0], [0, 0x3C]),
    ] as [(descr: String, off: [UInt8], on: [UInt8])], [false, true])
  func `arrays of two levels are masks, in any type and order`(
    levels: (descr: String, off: [UInt8], on: [UInt8]), fortran: Bool
  ) throws {
    let bytes = array(levels.descr, "(2, 3)", fortran: fortran, content(levels.off, levels.on, fortran: fortran))
    let mask = try mask(bytes)
    #expect((mask.width, mask.height) == (3, 2) && mask.isInside == expected)
  }

  @Test(arguments: ["(1, 2, 3)", "(2, 3, 1)", "(1, 1, 2, 3)"]) func `extents of one are left out`(shape: String) throws
  {
    #expect(try mask(array("|u1", shape, [0, 0, 1, 0, 0, 1])).isInside == expected)
  }

  @Test func `of many levels, what reaches half of white is inside`() throws {
    #expect(try mask(array("|u1", "(2, 3)", [0, 127, 128, 3, 100, 255])).isInside == expected)
    let fractions: [UInt8] = [0, 0x30, 0, 0x37, 0, 0x38, 0, 0, 0, 0x34, 0, 0x3C]  // ⅛, 0.4375, ½, 0, ¼, 1
    #expect(try mask(array("<f2", "(2, 3)", fractions)).isInside == expected)
    let wide: [UInt8] = [0, 1, 0, 0x7F, 0, 0x80, 0, 0, 1, 0, 0xFF, 0xFF]
    #expect(try mask(array("<u2", "(2, 3)", wide)).isInside == expected)
  }

  @Test(arguments: [
    (1, 0, 1), (2, 0, 3), (4, 0, 15), (8, 0, 255), (8, 0, 1), (16, 0, 65535), (16, 0, 1), (16, 0, 255),
    (16, 300, 40000),
  ])
  func `pictures of any depth are masks`(depth: Int, off: Int, on: Int) throws {
    let builder = PNGBuilder(width: 3, height: 2, depth: depth, colorType: 0)
    #expect(try mask(builder.file { x, _ in [x == 2 ? on : off] }).isInside == expected)
  }

  @Test func `bitmaps, colours on black and transparent pictures are masks`() throws {
    #expect(try mask(Array("P1\n3 2\n1 1 0\n1 1 0\n".utf8)).isInside == expected)
    let palette = PNGBuilder(width: 3, height: 2, depth: 8, colorType: 3, palette: [0, 0, 0, 128, 0, 0])
    #expect(try mask(palette.file { x, _ in [x == 2 ? 1 : 0] }).isInside == expected)
    let alpha = PNGBuilder(width: 3, height: 2, depth: 16, colorType: 6)
    #expect(try mask(alpha.file { x, _ in x == 2 ? [1, 1, 1, 65535] : [0, 0, 0, 65535] }).isInside == expected)
  }

  @Test func `one level is all or nothing`() throws {
    #expect(try mask(array("|b1", "(1, 2)", [1, 1])).isInside == [true, true])
    #expect(try mask(array("|b1", "(1, 2)", [0, 0])).isInside == [false, false])
  }

  @Test func `maps of classes, other shapes and gaps are refused with the way out`() throws {
    func reason(_ bytes: [UInt8]) -> String {
      do { return "\(try mask(bytes))" } catch { return "\(error)" }
    }
    let classes = reason(array("|u1", "(2, 3)", [0, 1, 2, 3, 4, 20]))
    #expect(classes.contains("6 levels from 0 to 20") && classes.contains("array == 20"))
    #expect(reason(array("|u1", "(2, 3, 2)", [UInt8](repeating: 1, count: 12))).contains("2 × 3 × 2"))
    #expect(reason(array("<f4", "(1, 1)", [0, 0, 0xC0, 0x7F])).contains("no numbers"))
    #expect(reason(Array("8BPS".utf8)).contains("magick"))
  }
}

import AttributionKit
import Images
import Tensors
import Testing

@Suite(.enabled(if: PictureLibrary.libtiff.version != nil, "libtiff is not installed"))
struct `TIFF files` {
  @Test(arguments: [nil, 16] as [Int?], [false, true])
  func `in strips and tiles, side by side and in planes, are the same picture`(tile: Int?, isPlanar: Bool) throws {
    let wanted = gradient(width: 37, height: 21)
    let file = TIFFBuilder(width: 37, height: 21, channels: 3, photometric: 2, isPlanar: isPlanar, tile: tile)
      .file { x, y, channel in Int(wanted.samples[3 * (y * 37 + x) + channel]) }
    let picture = try Raster(decoding: file, named: "it")
    #expect(picture == wanted)
    #expect(picture.bands == nil)
  }

  @Test(arguments: [(16, 1), (32, 1), (32, 3)]) func `of many bits keep them all`(bits: Int, format: Int) throws {
    let file = TIFFBuilder(width: 5, height: 3, bits: bits, format: format).file { x, y, _ in
      format == 3 ? Int(Float(Float(y * 5 + x) / 14).bitPattern) : (y * 5 + x) * 4681
    }
    let picture = try Raster(decoding: file, named: "it")
    let bands = try #require(picture.bands)
    #expect(bands.count == 1)
    for index in 0..<15 {
      let level = format == 3 ? Float(index) / 14 * 255 : Float(index * 4681) / 257
      #expect(abs(bands.samples[index] - level) < 1e-4)
      #expect(picture.samples[3 * index] == UInt8(min(level.rounded(), 255)))
    }
    // Of 32 bits nobody knows what is white.
    #expect(picture.remarks.count == (bits == 32 && format == 1 ? 1 : 0))
  }

  @Test func `of fractions beyond white, or of negative ones, are refused with what to do`() {
    let file = TIFFBuilder(width: 2, height: 1, bits: 32, format: 3).file { x, _, _ in
      Int(Float(x == 0 ? -1 : 3).bitPattern)
    }
    #expect(
      refusal(of: file)?.description.contains("samples from -1.0 to 3.0, which does not say what is white") == true)
  }

  @Test func `of inks are light that is left over, and white at zero is turned around`() throws {
    let inks = [10, 20, 30, 40]
    let cmyk = try Raster(
      decoding: TIFFBuilder(width: 1, height: 1, channels: 4, photometric: 5).file { _, _, c in inks[c] }, named: "it")
    let expected = inks[..<3].map { UInt8((Double((255 - $0) * (255 - 40)) / 255).rounded()) }
    #expect(cmyk.samples == expected)
    let turned = try Raster(
      decoding: TIFFBuilder(width: 2, height: 1, photometric: 0).file { x, _, _ in 55 * x }, named: "it")
    #expect(turned.samples == [255, 255, 255, 200, 200, 200])
  }

  @Test func `with a palette show its colours`() throws {
    var palette = [Int](repeating: 0, count: 768)
    (palette[7], palette[256 + 7], palette[512 + 7]) = (0xFFFF, 0x8080, 0x0101)
    let file = TIFFBuilder(width: 1, height: 1, photometric: 3, palette: palette).file { _, _, _ in 7 }
    #expect(try Raster(decoding: file, named: "it").samples == [255, 128, 1])
  }

  @Test func `with alpha lie over white, multiplied by it or not`() throws {
    for (kind, red) in [(2, 178), (1, 228)] {
      let file = TIFFBuilder(width: 1, height: 1, channels: 4, photometric: 2, extraSamples: [kind])
        .file { _, _, c in [100, 0, 0, 127][c] }
      #expect(try Raster(decoding: file, named: "it").samples[0] == UInt8(red))
    }
  }

  @Test func `turned by the camera come out upright`() throws {
    let file = TIFFBuilder(width: 2, height: 1, bits: 16, orientation: 6).file { x, _, _ in x * 65535 }
    let picture = try Raster(decoding: file, named: "it")
    #expect((picture.width, picture.height) == (1, 2))
    #expect(picture.samples == [0, 0, 0, 255, 255, 255])
    #expect(picture.bands?.samples == [0, 255])
  }

  @Test func `of several pictures give the one that is named, and say so where none is`() throws {
    let pages = (0..<3).map { page in
      (TIFFBuilder(width: 1 + page, height: 1), { (_: Int, _: Int, _: Int) in 10 * page })
    }
    let file = TIFFBuilder.file(pages)
    let first = try Raster(decoding: file, named: "it.tif")
    #expect(first.width == 1)
    #expect(first.remarks == ["holds several pictures, 3 pictures: the first is taken; 'it.tif#2' is the second"])
    let third = try Raster(decoding: file, page: 3, named: "it.tif")
    #expect(third.width == 3 && third.samples[0] == 20 && third.remarks.isEmpty)
    #expect(throws: ImageError.self) { try Raster(decoding: file, page: 4, named: "it.tif") }
    try withTemporaryFolder { folder in
      try AtomicFile.write(file, to: folder + "/a.tif")
      #expect(try Raster(contentsOf: folder + "/a.tif#2").width == 2)
      // A file that bears the whole name comes first.
      try AtomicFile.write(TIFFBuilder(width: 9, height: 1).file { _, _, _ in 0 }, to: folder + "/a.tif#2")
      #expect(try Raster(contentsOf: folder + "/a.tif#2").width == 9)
    }
  }

  @Test func `of five channels feed a network of five, and no other`() throws {
    let file = TIFFBuilder(width: 4, height: 4, bits: 16, channels: 5, photometric: 1, extraSamples: [0, 0, 0, 0])
      .file { x, y, c in 257 * (50 * c + x + 4 * y) }
    let picture = try Raster(decoding: file, named: "it")
    let prepared = try Preprocessing(resize: .exact, scale: 1).prepare(picture, height: 4, width: 4, channels: 5)
    #expect(prepared.tensor.shape == [5, 4, 4])
    #expect(prepared.tensor.scalars[16 * 3 + 6] == 156)
    let error = #expect(throws: ImageError.self) {
      try Preprocessing(resize: .exact).prepare(picture, height: 4, width: 4, channels: 3)
    }
    #expect(error?.description.contains("a picture of 5 channels does not fit a network with 3") == true)
  }

  @Test func `cut short or damaged are refused, never completed`() throws {
    let file = TIFFBuilder(width: 6, height: 5, channels: 3, photometric: 2, tile: 16).file { x, y, c in x + y + c }
    let whole = try Raster(decoding: file, named: "it")
    for count in file.indices.dropFirst(4) {
      if let picture = try? Raster(decoding: Array(file[..<count]), named: "it") { #expect(picture == whole) }
    }
    for index in file.indices {
      for change: UInt8 in [0x01, 0x55, 0xFF] {
        var damaged = file
        damaged[index] ^= change
        _ = try? Raster(decoding: damaged, named: "it", pixelLimit: 1_000_000)
      }
    }
  }
}

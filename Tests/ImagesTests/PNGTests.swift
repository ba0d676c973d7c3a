import Images
import Testing

@Suite struct `PNG files` {
  @Test(arguments: [(1, 1), (3, 2), (64, 48), (1, 300)])
  func `come back as they were stored`(width: Int, height: Int) throws {
    let picture = noise(width: width, height: height)
    let file = try picture.pngData()
    #expect(try Raster(decoding: file, named: "it") == picture)
    #expect(try picture.pngData() == file)
  }

  @Test func `of many bands come back as they were, whoever compressed them`() throws {
    // Smooth above, noise below: all filters, and repetitions that reach from one band into the next.
    var picture = noise(width: 400, height: 1500)
    for y in 0..<1000 { for x in 0..<400 { picture[x, y] = (UInt8(x & 255), UInt8(y & 255), UInt8((x + y) & 255)) } }
    let together = try picture.pngData()
    #expect(try Raster(decoding: together, named: "it") == picture)
    #expect(try picture.pngData(workers: Workers(1)) == together)
  }

  @Test(arguments: [1, 2, 4, 8, 16], [false, true])
  func `of grey levels are stretched to 8 bits, or cut to them`(depth: Int, interlaced: Bool) throws {
    let top = 1 << depth - 1
    let file = PNGBuilder(width: 11, height: 9, depth: depth, colorType: 0, interlaced: interlaced)
      .file { x, y in [(x * 4099 + y * 25_013) & top] }
    let picture = try Raster(decoding: file, named: "it")
    for y in 0..<9 {
      for x in 0..<11 {
        let value = (x * 4099 + y * 25_013) & top
        let expected = UInt8(depth == 16 ? value >> 8 : value * 255 / top)
        #expect(picture[x, y] == (expected, expected, expected))
      }
    }
  }

  @Test(arguments: [8, 16], [false, true])
  func `with an alpha channel are laid over white`(depth: Int, interlaced: Bool) throws {
    let unit = depth == 16 ? 257 : 1
    let file = PNGBuilder(width: 16, height: 16, depth: depth, colorType: 6, interlaced: interlaced)
      .file { x, y in [x * 17 * unit, 0, 255 * unit, y * 17 * unit] }
    let picture = try Raster(decoding: file, named: "it")
    for y in 0..<16 {
      for x in 0..<16 {
        let alpha = Double(y * 17) / 255
        let red = (Double(x * 17) * alpha + 255 * (1 - alpha)).rounded()
        let green = (255 * (1 - alpha)).rounded()
        #expect(picture[x, y] == (UInt8(red), UInt8(green), 255))
      }
    }
  }

  @Test func `with grey and alpha are laid over white`() throws {
    let file = PNGBuilder(width: 2, height: 1, colorType: 4).file { x, _ in [100, x == 0 ? 0 : 255] }
    let picture = try Raster(decoding: file, named: "it")
    #expect(picture[0, 0] == (255, 255, 255))
    #expect(picture[1, 0] == (100, 100, 100))
  }

  @Test(arguments: [1, 2, 4, 8], [false, true])
  func `with a palette keep its colours and its transparency`(depth: Int, interlaced: Bool) throws {
    let builder = PNGBuilder(
      width: 10, height: 10, depth: depth, colorType: 3, interlaced: interlaced, palette: [10, 20, 30, 200, 100, 0],
      transparency: [255, 0])
    let picture = try Raster(decoding: builder.file { x, y in [(x + y) % 2] }, named: "it")
    for y in 0..<10 {
      for x in 0..<10 { #expect(picture[x, y] == ((x + y) % 2 == 0 ? (10, 20, 30) : (255, 255, 255))) }
    }
  }

  @Test func `with one transparent colour show white there, compared in all 16 bits`() throws {
    let file = PNGBuilder(width: 2, height: 1, depth: 16, colorType: 2, transparency: [1, 2, 3, 4, 5, 6])
      .file { x, _ in x == 0 ? [0x0102, 0x0304, 0x0506] : [0x0103, 0x0304, 0x0506] }
    let picture = try Raster(decoding: file, named: "it")
    #expect(picture[0, 0] == (255, 255, 255))
    #expect(picture[1, 0] == (1, 3, 5))
  }

  @Test func `are not altered by the gamma they state`() throws {
    let file = PNGBuilder(width: 1, height: 1, chunks: [("gAMA", [0, 0, 0x27, 0x10])]).file { _, _ in [50, 100, 150] }
    #expect(try Raster(decoding: file, named: "it")[0, 0] == (50, 100, 150))
  }

  @Test func `that declare too many pixels are refused before memory is asked for`() {
    var file = PNGBuilder(width: 1, height: 1).file { _, _ in [1, 2, 3] }
    // 40 000 × 40 000, with the checksum that belongs to it.
    file.replaceSubrange(16..<24, with: [0, 0, 0x9C, 0x40, 0, 0, 0x9C, 0x40])
    file.replaceSubrange(29..<33, with: [0xDE, 0x6E, 0x99, 0x52])
    #expect(refusal(of: file) == .tooLarge(name: "it", width: 40_000, height: 40_000))
  }

  @Test func `cut short anywhere are refused`() throws {
    let file = try noise(width: 9, height: 7).pngData()
    for count in file.indices { #expect(refusal(of: Array(file[..<count])) != nil, "cut after \(count) bytes") }
  }

  @Test func `with one wrong byte never yield other pixels`() throws {
    let picture = noise(width: 9, height: 7)
    let file = try picture.pngData()
    for index in file.indices {
      var damaged = file
      damaged[index] ^= 0x55
      if let decoded = try? Raster(decoding: damaged, named: "it") { #expect(decoded == picture) }
    }
  }
}

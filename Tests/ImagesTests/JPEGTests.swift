import Images
import Testing

@Suite struct `JPEG files` {
  @Test func `come back nearly as they were stored`() throws {
    var picture = Raster(width: 40, height: 30)
    for y in 0..<30 { for x in 0..<40 { picture[x, y] = (UInt8(x * 6), UInt8(y * 8), UInt8(x + y)) } }
    let file = try picture.jpegData(quality: 100)
    #expect(largestDifference(try Raster(decoding: file, named: "it"), picture) <= 3)
    #expect(try picture.jpegData(quality: 100) == file)
    #expect(try picture.jpegData(quality: 30).count < file.count)
  }

  @Test func `of any quality asked for can be read`() throws {
    for quality in [-5, 0, 1, 100, 1000] {
      let file = try noise(width: 5, height: 5).jpegData(quality: quality)
      #expect(refusal(of: file) == nil)
    }
  }

  @Test func `cut short anywhere are refused`() throws {
    let file = try noise(width: 19, height: 17).jpegData()
    for count in file.indices { #expect(refusal(of: Array(file[..<count])) != nil, "cut after \(count) bytes") }
  }

  @Test func `with any one wrong byte end in a picture or an error`() throws {
    let file = try noise(width: 19, height: 17).jpegData()
    var refused = 0
    for index in file.indices {
      var damaged = file
      damaged[index] ^= 0x5A
      if refusal(of: damaged) != nil { refused += 1 }
    }
    #expect(refused > 20)
  }

  @Test func `may carry more bytes after their end`() throws {
    let picture = noise(width: 8, height: 8)
    let file = try picture.jpegData()
    #expect(try Raster(decoding: file + [1, 2, 3], named: "it") == Raster(decoding: file, named: "it"))
  }

  @Test func `that declare too many pixels are refused before memory is asked for`() throws {
    var file = try noise(width: 8, height: 8).jpegData()
    let frame = try #require(file.indices.first { file[$0] == 0xFF && file[$0 + 1] == 0xC0 })
    file.replaceSubrange(frame + 5..<frame + 9, with: [0xEA, 0x60, 0xEA, 0x60])
    #expect(refusal(of: file) == .tooLarge(name: "it", width: 60_000, height: 60_000, limit: Raster.defaultPixelLimit))
  }

  @Test func `too wide for the format are not written`() {
    #expect(throws: ImageError.self) { try Raster(width: 70_000, height: 1).jpegData() }
  }
}

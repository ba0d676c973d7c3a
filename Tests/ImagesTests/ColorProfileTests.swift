import Images
import Testing

/// A profile of sRGB's primaries without its curve (ICC.1:2022, 8.3), so that 128 is half of the light.
private func linearProfile() -> [UInt8] {
  func big(_ value: Int, _ count: Int = 4) -> [UInt8] {
    (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
  func point(_ values: [Double]) -> [UInt8] { Array("XYZ \0\0\0\0".utf8) + values.flatMap { big(Int($0 * 65536)) } }
  let curve = Array("curv\0\0\0\0".utf8) + big(0)
  let tags: [(String, [UInt8])] = [
    ("wtpt", point([0.9642, 1, 0.8249])), ("rXYZ", point([0.4360, 0.2225, 0.0139])),
    ("gXYZ", point([0.3851, 0.7169, 0.0971])), ("bXYZ", point([0.1431, 0.0606, 0.7141])), ("rTRC", curve),
    ("gTRC", curve), ("bTRC", curve),
  ]
  var (table, content) = (big(tags.count), [UInt8]())
  let start = 128 + 4 + 12 * tags.count
  for (name, bytes) in tags {
    table += Array(name.utf8) + big(start + content.count) + big(bytes.count)
    content += bytes
  }
  var header = big(start + content.count) + big(0) + big(0x0210_0000) + Array("mntrRGB XYZ ".utf8)
  header += [UInt8](repeating: 0, count: 12) + Array("acsp".utf8) + [UInt8](repeating: 0, count: 28)
  header += [0.9642, 1, 0.8249].flatMap { big(Int($0 * 65536)) }
  return header + [UInt8](repeating: 0, count: 128 - header.count) + table + content
}

@Suite struct `Colour profiles` {
  private func png(_ profile: [UInt8], depth: Int) -> [UInt8] {
    // A zlib stream of one stored block.
    let (low, high) = (UInt8(profile.count & 0xFF), UInt8(profile.count >> 8))
    var (a, b) = (1, 0)
    for byte in profile { (a, b) = ((a + Int(byte)) % 65521, (b + a + Int(byte)) % 65521) }
    let sum = [b >> 8, b & 255, a >> 8, a & 255].map { UInt8($0) }
    let packed = [0x78, 0x01, 1, low, high, ~low, ~high] + profile + sum
    return PNGBuilder(width: 1, height: 1, depth: depth, chunks: [("iCCP", Array("p\0\0".utf8) + packed)])
      .file { _, _ in Array(repeating: depth == 8 ? 128 : 128 * 257, count: 3) }
  }

  @Test(.enabled(if: PictureLibrary.littleCMS.version != nil, "Little CMS is not installed"), arguments: [8, 16])
  func `are converted to sRGB, which is said`(depth: Int) throws {
    let picture = try Raster(decoding: png(linearProfile(), depth: depth), named: "it")
    // Half of the light is 188 in sRGB's curve.
    #expect(picture.samples.allSatisfy { abs(Int($0) - 188) <= 1 })
    if depth == 16 { #expect(picture.bands?.samples.allSatisfy { abs($0 - 187.5) < 0.5 } == true) }
    #expect(picture.remarks == ["has colours of its own profile: they are converted to sRGB"])
  }

  @Test(.enabled(if: PictureLibrary.littleCMS.version == nil, "Little CMS is installed"))
  func `are left alone where nothing can convert them, which is said`() throws {
    let picture = try Raster(decoding: png(linearProfile(), depth: 8), named: "it")
    #expect(picture.samples == [128, 128, 128])
    #expect(picture.remarks.first?.contains("is not applied") == true)
  }

  @Test func `that are damaged change nothing`() throws {
    var profile = linearProfile()
    profile.removeLast(40)
    let picture = try Raster(decoding: png(profile, depth: 8), named: "it")
    #expect(picture.samples == [128, 128, 128] && picture.remarks.count == 1)
    let nonsense = try Raster(decoding: png([1, 2, 3], depth: 8), named: "it")
    #expect(nonsense.samples == [128, 128, 128] && nonsense.remarks.isEmpty)
  }
}

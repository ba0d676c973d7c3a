import Images
import Testing

@Suite struct `Resizing` {
  /// The triangle filter in doubles, straight from its definition, rounded to 8 bits between the passes.
  private func reference(_ picture: Raster, width: Int, height: Int) -> Raster {
    func mix(_ extent: Int, _ target: Int, _ i: Int, _ sample: (Int) -> UInt8) -> UInt8 {
      let scale = Double(extent) / Double(target)
      let support = max(1, scale)
      let center = (Double(i) + 0.5) * scale
      var (sum, total) = (0.0, 0.0)
      for k in 0..<extent {
        let weight = max(0, 1 - abs(Double(k) + 0.5 - center) / support)
        sum += weight * Double(sample(k))
        total += weight
      }
      return UInt8((sum / total).rounded())
    }
    func at(_ raster: Raster, _ x: Int, _ y: Int, _ c: Int) -> UInt8 { raster.samples[3 * (y * raster.width + x) + c] }
    var narrow = Raster(width: width, height: picture.height)
    for y in 0..<picture.height {
      for x in 0..<width {
        for c in 0..<3 {
          narrow.samples[3 * (y * width + x) + c] = mix(picture.width, width, x) { at(picture, $0, y, c) }
        }
      }
    }
    var result = Raster(width: width, height: height)
    for y in 0..<height {
      for x in 0..<width {
        for c in 0..<3 {
          result.samples[3 * (y * width + x) + c] = mix(picture.height, height, y) { at(narrow, x, $0, c) }
        }
      }
    }
    return result
  }

  @Test(arguments: [(37, 23), (8, 8), (1, 1), (64, 3), (100, 90), (31, 29)])
  func `follows the antialiasing triangle filter`(width: Int, height: Int) {
    let picture = noise(width: 31, height: 29)
    #expect(
      largestDifference(
        picture.resized(width: width, height: height), reference(picture, width: width, height: height)) <= 1)
  }

  @Test func `to the same extent changes nothing`() {
    let picture = noise(width: 12, height: 7)
    #expect(picture.resized(width: 12, height: 7) == picture)
  }

  @Test func `leaves one colour as it is`() {
    let picture = Raster(width: 50, height: 40, fill: (3, 128, 255))
    #expect(picture.resized(width: 7, height: 93) == Raster(width: 7, height: 93, fill: (3, 128, 255)))
  }
}

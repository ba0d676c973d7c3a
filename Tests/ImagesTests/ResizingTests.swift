import AttributionKit
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

  /// Red samples as Pillow resizes a picture of 9 × 7, columns before rows as its versions before 12 do, by filter and extent.
  private static let pillow: [(Preprocessing.Interpolation, width: Int, height: Int, samples: [UInt8])] = [
    (
      .nearest, 5, 4,
      [
        0, 74, 148, 222, 40, 118, 192, 10, 84, 158, 236, 54, 128, 202, 20, 98, 172, 246, 64, 138,
      ]
    ),
    (
      .nearest, 11, 3,
      [
        59, 96, 133, 133, 170, 207, 244, 25, 25, 62, 99, 177, 214, 251, 251, 32, 69, 106, 143, 143, 180, 217, 39,
        76, 113, 113, 150, 187, 224, 5, 5, 42, 79,
      ]
    ),
    (
      .box, 5, 4,
      [
        49, 123, 178, 170, 52, 167, 177, 40, 96, 170, 127, 73, 128, 184, 130, 88, 162, 217, 81, 91,
      ]
    ),
    (
      .box, 11, 3,
      [
        30, 67, 104, 104, 141, 178, 215, 124, 124, 33, 70, 177, 129, 166, 166, 117, 69, 106, 143, 143, 180, 132, 69,
        106, 143, 143, 180, 217, 126, 35, 35, 72, 109,
      ]
    ),
    (
      .bilinear, 5, 4,
      [
        52, 110, 170, 135, 59, 144, 179, 97, 100, 142, 135, 104, 123, 157, 133, 94, 146, 184, 75, 92,
      ]
    ),
    (
      .bilinear, 11, 3,
      [
        51, 78, 108, 138, 159, 144, 174, 135, 83, 64, 91, 162, 145, 159, 151, 103, 84, 114, 125, 145, 159, 142, 102,
        89, 104, 134, 165, 195, 151, 95, 85, 100, 87,
      ]
    ),
    (
      .hamming, 5, 4,
      [
        42, 107, 172, 150, 50, 143, 190, 73, 91, 149, 144, 97, 120, 168, 130, 91, 155, 195, 63, 97,
      ]
    ),
    (
      .hamming, 11, 3,
      [
        44, 77, 103, 126, 155, 160, 196, 127, 84, 51, 84, 174, 153, 173, 168, 94, 72, 108, 133, 155, 175, 154, 86,
        91, 113, 136, 166, 202, 143, 71, 67, 89, 94,
      ]
    ),
    (
      .bicubic, 5, 4,
      [
        39, 107, 184, 142, 44, 150, 191, 88, 91, 153, 141, 94, 117, 169, 135, 84, 151, 196, 66, 87,
      ]
    ),
    (
      .bicubic, 11, 3,
      [
        42, 75, 109, 141, 162, 145, 181, 138, 73, 55, 93, 175, 145, 163, 157, 97, 73, 110, 126, 154, 171, 141, 102,
        85, 100, 133, 167, 203, 155, 87, 80, 102, 85,
      ]
    ),
    (
      .lanczos, 5, 4,
      [
        33, 103, 196, 141, 34, 156, 200, 84, 86, 161, 144, 85, 112, 179, 133, 76, 150, 206, 61, 82,
      ]
    ),
    (
      .lanczos, 11, 3,
      [
        37, 75, 115, 147, 164, 144, 174, 142, 61, 56, 100, 180, 144, 158, 162, 92, 69, 113, 123, 156, 174, 139, 104,
        83, 94, 128, 166, 207, 162, 85, 87, 104, 80,
      ]
    ),
  ]

  @Test func `every filter gives the samples of Pillow`() {
    var picture = Raster(width: 9, height: 7)
    for place in 0..<63 {
      for channel in 0..<3 {
        picture.samples[3 * place + channel] = UInt8((place % 9 * 37 + place / 9 * 59 + channel * 83) % 256)
      }
    }
    for (filter, width, height, samples) in Self.pillow {
      let resized = picture.resized(width: width, height: height, by: filter)
      let red = stride(from: 0, to: resized.samples.count, by: 3).map { resized.samples[$0] }
      #expect(zip(red, samples).allSatisfy { abs(Int($0) - Int($1)) <= 1 }, "\(filter) to \(width) × \(height)")
    }
  }
}

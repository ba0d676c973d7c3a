import AttributionKit
import Images
import Tensors
import Testing

@Suite struct `Samples of more than eight bits` {
  private let file = PNGBuilder(width: 6, height: 4, depth: 16).file { x, y in
    [4096 * x + 17 * y, 65535 - 3 * x, 1000 * y + x]
  }

  @Test func `reach the network as they are`() throws {
    let picture = try Raster(decoding: file, named: "it")
    let prepared = try Preprocessing(resize: .exact).prepare(picture, height: 4, width: 6)
    for y in 0..<4 {
      for x in 0..<6 {
        let expected = [4096 * x + 17 * y, 65535 - 3 * x, 1000 * y + x]
        for c in 0..<3 {
          #expect(abs(prepared.tensor.scalars[c * 24 + y * 6 + x] - Float(expected[c]) / 65535) < 1e-6)
        }
      }
    }
  }

  @Test func `are resized as those of eight bits, without being rounded`() throws {
    let picture = try Raster(decoding: file, named: "it")
    let plain = Raster(width: 6, height: 4, samples: picture.samples)
    for resize: Preprocessing.Resize in [.exact, .centerCrop(keeping: 0.8), .letterbox(fill: 9)] {
      let recipe = Preprocessing(resize: resize, scale: 1)
      let (fine, coarse) = (
        try recipe.prepare(picture, height: 3, width: 3), try recipe.prepare(plain, height: 3, width: 3)
      )
      #expect(fine.geometry == coarse.geometry)
      // The high byte alone is up to one level less, and rounding takes half of one twice.
      for (a, b) in zip(fine.tensor.scalars, coarse.tensor.scalars) { #expect(abs(a - b) < 2.1) }
      #expect(fine.tensor.scalars.contains { $0 != $0.rounded() })
    }
  }

  @Test func `become luminance, blue first, and channels last as others do`() throws {
    let picture = try Raster(decoding: file, named: "it")
    let colors = try Preprocessing(resize: .exact, scale: 1).prepare(picture, height: 4, width: 6).tensor.scalars
    let gray = try Preprocessing(resize: .exact, scale: 1).prepare(picture, height: 4, width: 6, channels: 1)
    let expected = (colors[7] * 19595 + colors[31] * 38470 + colors[55] * 7471) / 65536
    #expect(abs(gray.tensor.scalars[7] - expected) < 1e-3)
    let turned = try Preprocessing(resize: .exact, channelOrder: .bgr, scale: 1, layout: .nhwc)
      .prepare(picture, height: 4, width: 6)
    #expect(turned.tensor.shape == [4, 6, 3])
    #expect(turned.tensor.scalars[3 * 7] == colors[55] && turned.tensor.scalars[3 * 7 + 2] == colors[7])
  }

  @Test func `of portable maps are kept, too`() throws {
    let picture = try Raster(decoding: Array("P5\n2 1\n65535\n".utf8) + [0x80, 0x01, 0xFF, 0xFF], named: "it")
    #expect(picture.bands?.samples == [Float(0x8001) / 257, 255])
  }

  @Test func `are dropped where the picture is painted on`() throws {
    var picture = try Raster(decoding: file, named: "it")
    #expect(picture.bands != nil)
    picture[0, 0] = (1, 2, 3)
    #expect(picture.bands == nil)
  }
}

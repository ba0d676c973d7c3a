import AttributionKit
import Foundation
import Images
import Tensors
import Testing

@Suite struct `Preprocessing a photograph` {
  let color = Raster(width: 10, height: 10, fill: (255, 0, 51))

  @Test(
    arguments: [
      ("imagenet", [(1 - 0.485) / 0.229, -0.456 / 0.224, (0.2 - 0.406) / 0.225]), ("tf", [1, -1, -0.6]),
      ("caffe", [51 - 103.939, -116.779, 255 - 123.68]),
      ("unit", [1, 0, 0.2]), ("raw255", [255, 0, 51]),
    ] as [(String, [Float])])
  func `gives each preset's numbers`(name: String, expected: [Float]) throws {
    let preset = try #require(Preprocessing.presets.first { $0.name == name }).preprocessing
    let tensor = try preset.prepare(color, height: 4, width: 6).tensor
    #expect(tensor.shape == [3, 4, 6])
    for c in 0..<3 {
      for i in 0..<24 { #expect(abs(tensor.scalars[c * 24 + i] - expected[c]) < 1e-3) }
    }
  }

  @Test func `puts channels last on demand`() throws {
    var recipe = Preprocessing.raw255
    recipe.layout = .nhwc
    let tensor = try recipe.prepare(color, height: 2, width: 3).tensor
    #expect(tensor.shape == [2, 3, 3])
    #expect(Array(tensor.scalars.prefix(6)) == [255, 0, 51, 255, 0, 51])
  }

  @Test func `gives luminance to networks with one channel`() throws {
    let tensor = try Preprocessing.raw255.prepare(color, height: 2, width: 2, channels: 1).tensor
    #expect(tensor.shape == [1, 2, 2])
    #expect(tensor.scalars == [82, 82, 82, 82])
    var gray = Preprocessing.raw255
    gray.channelOrder = .gray
    #expect(try gray.prepare(color, height: 1, width: 1).tensor.scalars == [82, 82, 82])
  }

  @Test func `takes the extents that torchvision takes`() throws {
    let geometry = try Preprocessing.imagenet.geometry(originalWidth: 500, originalHeight: 375, height: 224, width: 224)
    #expect((geometry.resizedWidth, geometry.resizedHeight) == (341, 256))
    // (341 − 224) / 2 = 58.5 goes to the even neighbour.
    #expect((geometry.left, geometry.top) == (58, 16))
  }

  @Test func `pads a letterbox with its grey level`() throws {
    var recipe = Preprocessing.raw255
    recipe.resize = .letterbox(fill: 114)
    let input = try recipe.prepare(Raster(width: 20, height: 10, fill: (1, 2, 3)), height: 8, width: 8).input
    #expect(input[0, 1] == (114, 114, 114))
    #expect(input[0, 2] == (1, 2, 3))
    #expect(input[7, 5] == (1, 2, 3))
    #expect(input[7, 6] == (114, 114, 114))
  }

  @Test(arguments: [(1, 1), (1, 5000), (5000, 1), (2, 3), (100, 100_000)])
  func `works for tiny and very thin photographs`(width: Int, height: Int) throws {
    let photograph = Raster(width: width, height: height, fill: (9, 8, 7))
    for resize in [.centerCrop(keeping: 0.875), .centerCrop(keeping: 1), .exact, .letterbox(fill: 0)]
      as [Preprocessing.Resize]
    {
      let prepared = try Preprocessing(resize: resize).prepare(photograph, height: 224, width: 192)
      #expect(prepared.input[96, 112] == (9, 8, 7))
      let map = prepared.geometry.project([1], height: 1, width: 1)
      #expect(map.values.count == width * height)
      let seenSomething = map.values.contains(1)
      #expect(seenSomething)
    }
  }

  @Test func `refuses what cannot be done`() {
    let cases: [(Preprocessing, Int, Int)] = [
      (.unit, 0, 3), (.unit, 224, 4), (.unit, Int.max, 3), (Preprocessing(resize: .centerCrop(keeping: 0)), 224, 3),
      (Preprocessing(resize: .centerCrop(keeping: .nan)), 224, 3), (Preprocessing(mean: [1, 2]), 224, 3),
      (Preprocessing(deviation: [0]), 224, 3),
    ]
    for (recipe, side, channels) in cases {
      #expect(throws: ImageError.self) { try recipe.prepare(color, height: side, width: 224, channels: channels) }
    }
  }

  @Test func `survives being stored`() throws {
    for (_, recipe) in Preprocessing.presets {
      #expect(try JSONDecoder().decode(Preprocessing.self, from: JSONEncoder().encode(recipe)) == recipe)
    }
  }
}

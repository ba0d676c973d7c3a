import AttributionKit
import Formats
import Foundation
import ONNXFiles
import TestSupport
import Testing

/// How photographs are prepared for networks whose input says more than its shape.
@Suite struct PreparationTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func open(_ file: ONNXFile) throws -> OpenedModel {
    try ONNXFormat().open(ModelRequest(path: folder.write(file.bytes, to: "net.onnx")))
  }

  @Test func `signed bytes are samples less 128, and others are samples`() throws {
    let signed = try open(.vector(3).declaring(.int8))
    #expect(signed.preprocessing?.mean == [128] && signed.preprocessing?.scale == 1)
    #expect(signed.notes.contains { $0.sentence.contains("−128…127") && $0.sentence.contains("assumed") })
    #expect(signed.notes.contains { $0.setting?.name == "recipe" })
    let bytes = try open(.vector(3).declaring(.uint8))
    #expect(bytes.preprocessing?.mean == Preprocessing.raw255.mean && bytes.preprocessing?.scale == 1)
    #expect(bytes.notes.contains { $0.sentence.contains("samples of 0…255 as they are") })
    #expect(try open(.vector(3)).preprocessing == nil)
  }

  @Test func `of several inputs, the one that is no photograph is to be fixed`() throws {
    for (inputs, other) in [([("mask", 1), ("pixels", 3)], "mask"), ([("left", 3), ("right", 3)], "right")] {
      let file = ONNXFile.products(of: inputs.map { ($0.0, [1, $0.1, 16, 16]) })
      let error = #expect(throws: ModelFileError.self) { try open(file) }
      #expect(error?.description.contains("such as '\(other)'") == true, "\(error as Any)")
    }
  }

  private func told(_ metadata: [String: String], side: Int = 16) throws -> OpenedModel {
    var file = ONNXFile.vector(3)
    (file.metadata, file.input) = (metadata, [1, 3, side, side])
    return try open(file)
  }

  private let means = ["mean": "[0.485, 0.456, 0.406]", "std": "[0.229, 0.224, 0.225]"]

  @Test func `metadata's mean and deviation crop as is usual for the size, or as they say`() throws {
    func resize(_ more: [String: String], _ side: Int) throws -> Preprocessing.Resize? {
      try told(means.merging(more) { $1 }, side: side).preprocessing?.resize
    }
    #expect(try resize([:], 16) == .centerCrop(keeping: 1) && resize([:], 224) == .centerCrop(keeping: 0.875))
    #expect(try resize(["crop_pct": "0.9"], 224) == .centerCrop(keeping: 224.0 / 248))
    #expect(try resize(["crop_pct": "1.0"], 224) == .centerCrop(keeping: 1))
    #expect(try told(means.merging(["interpolation": "bicubic"]) { $1 }).preprocessing?.interpolation == .bicubic)
    let transformers = try told(["image_mean": "[0.5, 0.5, 0.5]", "image_std": "[0.5, 0.5, 0.5]"]).preprocessing
    #expect(transformers?.mean == [0.5, 0.5, 0.5] && transformers?.scale == 1 / 255)
  }

  @Test func `metadata's numbers give way to what the network itself says`() throws {
    var file = ONNXFile.vector(3).declaring(.uint8)
    file.metadata = means
    let opened = try open(file)
    #expect(opened.preprocessing?.scale == 1 && opened.preprocessing?.mean == Preprocessing.raw255.mean)
    #expect(opened.notes.contains { $0.sentence.contains("as they are, whatever else is said of its numbers") })
  }

  @Test(arguments: [
    ["color_format": "BGR"], ["channels": "bgr"], ["to_rgb": "False"], ["Image.BitmapPixelFormat": "Bgr8"],
    ["mean": "[103.53, 116.28, 123.675]", "std": "[57.375, 57.12, 58.395]"],
    ["mean": "0.406 0.456 0.485", "std": "1 1 1"],
  ]) func `metadata that says blue, green, red is followed, and that is said`(metadata: [String: String]) throws {
    let opened = try told(means.merging(metadata) { $1 })
    #expect(opened.preprocessing?.channelOrder == .bgr)
    #expect(opened.notes.contains { $0.sentence.contains("blue, green") })
  }

  @Test func `metadata that says red, green, blue wins over means that look otherwise`() throws {
    let reversed = ["mean": "103.53 116.28 123.675", "std": "1 1 1", "color_format": "RGB"]
    #expect(try told(reversed).preprocessing?.channelOrder == .rgb && told(means).preprocessing?.channelOrder == .rgb)
  }

  @Test(
    arguments: [
      ("NominalRange_0_255", 0, 255), ("Normalized_0_1", 0, 1), ("Normalized_1_1", -1, 1),
      ("NominalRange_16_235", 16, 235),
    ] as [(String, Float, Float)])
  func `ONNX's own range of samples is followed`(range: String, black: Float, white: Float) throws {
    let recipe = try #require(try told(["Image.NominalPixelRange": range]).preprocessing)
    func sample(_ x: Float) -> Float { (x * recipe.scale - recipe.mean[0]) / recipe.deviation[0] }
    #expect(abs(sample(0) - black) < 1e-4 && abs(sample(255) - white) < 1e-4)
  }

  @Test func `names in one line are parted by commas`() throws {
    #expect(try told(["labels": "cat,dog,owl"]).classNames == ["cat", "dog", "owl"])
    var single = ONNXFile.vector(1)
    single.metadata = ["labels": "cat, domestic"]
    #expect(try open(single).classNames == ["cat, domestic"])
    #expect(try told(["labels": "cat,dog"]).classNames == nil)
    // Names of two sides are not one name.
    single.metadata = ["labels": "[\"no\", \"yes\"]"]
    #expect(try open(single).classNames == nil)
  }
}

import AttributionKit
import Formats
import Foundation
import Images
import NetworkDefinitions
import Tensors
import Testing
import TestSupport

/// Folders as timm saves them.
@Suite struct TimmFormatTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ configuration: String, weights: Bool = true) throws -> String {
    if weights {
      let parameters = try NetworkDefinition.cifarResnet20.parameters(classes: 3)
      let tensors = Dictionary(
        uniqueKeysWithValues: parameters.map { ($0.name, Tensor(repeating: 0.1, shape: $0.shape)) })
      _ = try folder.write(safetensors(tensors), to: "model.safetensors")
    }
    return try folder.write(Array(configuration.utf8), to: "config.json")
  }

  private static let configuration = """
    {"architecture": "cifar_resnet20", "num_classes": 3, "label_names": ["cat", "dog", "owl"], "pretrained_cfg":
     {"tag": "mine", "input_size": [3, 40, 48], "mean": [0.5, 0.4, 0.3], "std": [0.2, 0.3, 0.4], "crop_pct": 0.9}}
    """

  @Test func `the configuration says what the weights are of, and how photographs are prepared`() throws {
    let opened = try TimmFormat().open(ModelRequest(path: write(Self.configuration)))
    #expect(opened.model.input.shape == [3, 40, 48] && opened.outputShape == [3])
    #expect(opened.classNames == ["cat", "dog", "owl"] && opened.title == "cifar_resnet20 (timm)")
    #expect(
      opened.preprocessing
        == Preprocessing(
          resize: .centerCrop(keeping: 0.9), mean: [0.5, 0.4, 0.3], deviation: [0.2, 0.3, 0.4], interpolation: .bicubic,
          rounding: .nearest)
    )
    let squashed = Self.configuration.replacing(#""crop_pct": 0.9"#, with: #""crop_mode": "squash""#)
    // timm cuts 40 / 0.875 and 48 / 0.875 to whole pixels.
    let geometry = try TimmFormat().open(ModelRequest(path: write(squashed))).preprocessing?.geometry(
      originalWidth: 170, originalHeight: 121, height: 40, width: 48)
    #expect(geometry?.resizedWidth == 54 && geometry?.resizedHeight == 45)
  }

  @Test func `an input that is not square is resized to the pixel as in timm`() throws {
    func resized(_ size: String, _ more: String = "") throws -> [Int] {
      let told = Self.configuration.replacing("[3, 40, 48]", with: size).replacing(
        #""crop_pct""#, with: more + #""crop_pct""#)
      let opened = try TimmFormat().open(ModelRequest(path: write(told)))
      let input = opened.model.input.shape
      let geometry = try #require(opened.preprocessing).geometry(
        originalWidth: 170, originalHeight: 121, height: input[1], width: input[2])
      return [geometry.resizedWidth, geometry.resizedHeight, geometry.left, geometry.top]
    }
    // timm's ResizeKeepRatio((71, 106)) makes 106 × 75 of 170 × 121, and ResizeKeepRatio((106, 71)) 149 × 106.
    #expect(try resized("[3, 64, 96]") == [106, 75, 5, 6])
    #expect(try resized("[3, 96, 64]") == [149, 106, 42, 5])
    #expect(try resized("[3, 64, 96]", #""crop_mode": "squash", "#) == [106, 71, 5, 4])
  }

  @Test func `borders that timm adds and the recipe does not are told`() throws {
    let told = Self.configuration.replacing("0.9}", with: "1.2}")
    let opened = try TimmFormat().open(ModelRequest(path: write(told)))
    #expect(opened.preprocessing?.resize == .centerCrop(keeping: 1))
    #expect(opened.notes.contains { $0.sentence.contains("crop_pct of 1.2") })
  }

  @Test func `it is known by what it says, not by its name`() throws {
    func isTimm(_ text: String) -> Bool { Array(text.utf8).withUnsafeBytes { TimmFormat().recognizes($0, at: "any") } }
    #expect(isTimm(Self.configuration))
    #expect(!isTimm(#"{"architectures": ["ViTForImageClassification"], "model_type": "vit"}"#))
    #expect(!isTimm("{") && !isTimm("[]") && !isTimm(""))
  }

  @Test func `a training's tag is no part of the network's name, and weights tell what an unknown name does not`()
    throws
  {
    for name in ["cifar_resnet20.mine", "cifar_resnet21"] {
      let named = Self.configuration.replacing("cifar_resnet20", with: name)
      #expect(try TimmFormat().open(ModelRequest(path: write(named))).architecture == "cifar_resnet20")
    }
  }

  @Test func `weights that are not beside it are missed by name`() throws {
    let error = #expect(throws: ModelFileError.self) {
      try TimmFormat().open(ModelRequest(path: write(Self.configuration, weights: false)))
    }
    #expect(error?.fault == .missing && "\(error!)".contains("model.safetensors"))
  }

  @Test func `the old form of the description is read, and one that says nothing of photographs is said to`() throws {
    let old =
      #"{"architecture": "cifar_resnet20", "num_classes": 3, "mean": [0.5, 0.4, 0.3], "std": [0.2, 0.2, 0.2], "crop_pct": 1.0}"#
    let opened = try TimmFormat().open(ModelRequest(path: write(old)))
    #expect(opened.preprocessing?.mean == [0.5, 0.4, 0.3] && opened.preprocessing?.resize == .centerCrop(keeping: 1))
    let silent = try TimmFormat().open(
      ModelRequest(path: write(#"{"architecture": "cifar_resnet20", "num_classes": 3, "pretrained_cfg": {}}"#)))
    #expect(silent.notes.contains { $0.sentence.contains("does not say how photographs") })
    #expect(!opened.notes.contains { $0.sentence.contains("does not say how photographs") })
  }

  @Test func `borders have the gray of the mean color, which is said`() throws {
    let border =
      #"{"architecture": "cifar_resnet20", "num_classes": 3, "pretrained_cfg": {"mean": [0.5, 0.4, 0.3], "std": [1, 1, 1], "crop_mode": "border"}}"#
    let opened = try TimmFormat().open(ModelRequest(path: write(border)))
    #expect(opened.preprocessing?.resize == .letterbox(fill: 102))
    #expect(opened.notes.contains { $0.sentence.contains("grey here") })
  }

  @Test(arguments: ["max", "avgmax", "catavgmax", "avg"]) func `a pooling other than the mean is refused`(
    pooling: String
  ) throws {
    let path = try write(
      #"{"architecture": "cifar_resnet20", "num_classes": 3, "global_pool": "\#(pooling)", "pretrained_cfg": {}}"#)
    guard pooling != "avg" else {
      #expect(try TimmFormat().open(ModelRequest(path: path)).outputShape == [3])
      return
    }
    let error = #expect(throws: ModelFileError.self) { try TimmFormat().open(ModelRequest(path: path)) }
    #expect(error?.fault == .unsupported && "\(error!)".contains("by '\(pooling)'"))
  }
}

import AttributionKit
import Formats
import Foundation
import NetworkDefinitions
import Tensors
import Testing
import TestSupport

/// Folders as transformers save them.
@Suite struct HuggingFaceFormatTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Two stages of one block each, under transformers' names.
  private static let shapes: [String: [Int]] = {
    var shapes = ["classifier.1.weight": [3, 8], "classifier.1.bias": [3]]
    func layer(_ path: String, _ filter: [Int]) {
      shapes[path + ".convolution.weight"] = filter
      for part in ["weight", "bias", "running_mean", "running_var"] {
        shapes["\(path).normalization.\(part)"] = [filter[0]]
      }
    }
    layer("resnet.embedder.embedder", [4, 3, 7, 7])
    for stage in 0..<2 {
      let path = "resnet.encoder.stages.\(stage).layers.0", (before, after) = (4, 4 + 4 * stage)
      layer(path + ".layer.0", [after, before, 3, 3])
      layer(path + ".layer.1", [after, after, 3, 3])
      if stage == 1 { layer(path + ".shortcut", [after, before, 1, 1]) }
    }
    return shapes
  }()

  private func write(
    _ processor: String?, configuration: String = configuration, as name: String = "model.safetensors"
  ) throws -> String {
    let tensors = Self.shapes.mapValues { Tensor(repeating: 0.1, shape: $0) }
    _ = try folder.write(safetensors(tensors), to: name)
    if let processor { _ = try folder.write(processor, to: "preprocessor_config.json") }
    return try folder.write(configuration, to: "config.json")
  }

  private static let configuration = """
    {"architectures": ["ResNetForImageClassification"], "model_type": "resnet", "depths": [1, 1], "layer_type": "basic",
     "id2label": {"0": "cat", "1": "dog", "2": "owl"}, "image_size": null}
    """

  @Test func `the folder says what the network is, what its classes are called and how photographs are prepared`()
    throws
  {
    let processor = """
      {"image_processor_type": "ConvNextImageProcessor", "crop_pct": 0.875, "size": {"shortest_edge": 64}, "resample": 3,
       "image_mean": [0.5, 0.4, 0.3], "image_std": [0.2, 0.3, 0.4]}
      """
    let path = try write(processor)
    for start in [path, folder.path("model.safetensors")] {
      let format: any ModelFormat = start == path ? HuggingFaceFormat() : WeightsFormat()
      let opened = try format.open(ModelRequest(path: start))
      #expect(opened.model.input.shape == [3, 64, 64] && opened.classNames == ["cat", "dog", "owl"])
      #expect(
        opened.preprocessing
          == Preprocessing(
            resize: .centerCrop(keeping: 64 / 73), mean: [0.5, 0.4, 0.3], deviation: [0.2, 0.3, 0.4],
            interpolation: .bicubic))
    }
  }

  @Test(arguments: [
    (
      #""size": 256, "crop_size": 224, "feature_extractor_type": "DeiTFeatureExtractor", "resample": 3"#,
      Preprocessing.Resize.stretchCrop(keeping: 0.875), Preprocessing.Interpolation.bicubic
    ),
    (#""size": {"height": 224, "width": 224}, "image_processor_type": "ViTImageProcessor""#, .exact, .bilinear),
    (
      #""size": {"shortest_edge": 256}, "crop_size": {"height": 224, "width": 224}, "image_processor_type": "BitImageProcessor""#,
      .centerCrop(keeping: 0.875), .bicubic
    ),
    (
      #""size": 224, "crop_size": 224, "do_center_crop": true, "feature_extractor_type": "CLIPFeatureExtractor""#,
      .centerCrop(keeping: 1), .bicubic
    ),
    (
      #""size": {"height": 224, "width": 224}, "resample": 0, "image_processor_type": "EfficientNetImageProcessor""#,
      .exact, .nearest
    ),
  ])
  func `sizes in the old style and the new are understood`(
    fields: String, resize: Preprocessing.Resize, filter: Preprocessing.Interpolation
  ) throws {
    let opened = try HuggingFaceFormat().open(ModelRequest(path: write("{\(fields)}")))
    #expect(opened.preprocessing?.resize == resize && opened.preprocessing?.interpolation == filter)
    #expect(opened.model.input.shape == [3, 224, 224])
  }

  @Test func `what a processor does to samples is followed`() throws {
    func recipe(_ fields: String) throws -> Preprocessing? {
      try HuggingFaceFormat().open(ModelRequest(path: write("{\(fields)}"))).preprocessing
    }
    let plain = try recipe(#""do_rescale": false, "do_normalize": false"#)
    #expect(plain?.scale == 1 && plain?.mean == [0] && plain?.deviation == [1])
    let twice = try recipe(
      #""image_processor_type": "EfficientNetImageProcessor", "rescale_offset": true, "rescale_factor": 0.5, "image_mean": [0.5], "image_std": [0.5]"#
    )
    #expect(twice?.scale == 0.5 && twice?.mean == [1.5] && twice?.deviation == [0.25])
    let reversed = try recipe(#""image_processor_type": "MobileViTImageProcessor", "do_flip_channel_order": true"#)
    #expect(reversed?.channelOrder == .bgr && reversed?.mean == [0])
  }

  @Test func `without a processor the recipe is a guess that is told`() throws {
    let opened = try HuggingFaceFormat().open(ModelRequest(path: write(nil)))
    #expect(opened.notes.contains { $0.sentence.contains("preprocessor_config.json is not in the folder") })
  }

  @Test func `names that do not fit the classes are left out and told`() throws {
    let other = Self.configuration.replacing(#", "2": "owl""#, with: "")
    let opened = try HuggingFaceFormat().open(ModelRequest(path: write(nil, configuration: other)))
    #expect(
      opened.classNames == nil && opened.notes.contains { $0.sentence.contains("names 2 classes and the output has 3") }
    )
  }

  @Test func `it is known by what it says, and its weights are missed by name`() throws {
    func isOwn(_ text: String) -> Bool {
      Array(text.utf8).withUnsafeBytes { HuggingFaceFormat().recognizes($0, at: "any") }
    }
    #expect(isOwn(Self.configuration) && !isOwn("{") && !isOwn(#"{"architecture": "x", "pretrained_cfg": {}}"#))
    let path = try folder.write(Self.configuration, to: "config.json")
    let error = #expect(throws: ModelFileError.self) { try HuggingFaceFormat().open(ModelRequest(path: path)) }
    #expect(error?.fault == .missing && "\(error!)".contains("pytorch_model.bin"))
  }
}

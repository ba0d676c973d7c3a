import AttributionKit
import FileKinds
import Formats
import Foundation
import Images
import NetworkDefinitions
import ONNXFiles
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
            interpolation: .bicubic, rounding: .down))
    }
  }

  /// The extent of the resized photograph, and where its centre begins.
  private func places(_ fields: String, of photograph: (width: Int, height: Int)) throws -> [Int] {
    let opened = try HuggingFaceFormat().open(ModelRequest(path: write("{\(fields)}")))
    let input = opened.model.input.shape
    let geometry = try #require(opened.preprocessing).geometry(
      originalWidth: photograph.width, originalHeight: photograph.height, height: input[1], width: input[2])
    return [geometry.resizedWidth, geometry.resizedHeight, geometry.left, geometry.top]
  }

  @Test func `a centre between two pixels begins at the lower one, as in transformers`() throws {
    let clip = #""image_processor_type": "CLIPImageProcessor", "size": {"shortest_edge": 224}, "crop_size": 224"#
    // Found by transformers' processor: column 55 of a picture of 335 × 224.
    #expect(try places(clip, of: (640, 427)) == [335, 224, 55, 0])
    #expect(try places(clip, of: (427, 640)) == [224, 335, 0, 55])
    #expect(try places(clip, of: (640, 480)) == [298, 224, 37, 0])
  }

  @Test func `PoolFormer and LeViT enlarge the side that they are given`() throws {
    let crop = #""size": {"shortest_edge": 224}, "crop_size": {"height": 224, "width": 224}"#
    #expect(
      try places(#""image_processor_type": "PoolFormerImageProcessor", "crop_pct": 0.9, \#(crop)"#, of: (300, 300))
        == [248, 248, 12, 12])
    #expect(
      try places(#""image_processor_type": "LevitImageProcessor", \#(crop)"#, of: (300, 300)) == [256, 256, 16, 16])
  }

  @Test(arguments: [
    (
      #""image_processor_type": "DonutImageProcessor", "size": {"height": 64, "width": 64}"#,
      "a DonutImageProcessor is not known"
    ),
    (#""image_processor_type": "ViTImageProcessor", "size": {"height": 64, "width": 64}, "do_pad": true"#, "do_pad"),
    (
      #""image_processor_type": "ViTImageProcessor", "size": {"height": 64, "width": 64}, "do_resize": false"#,
      "do_resize"
    ),
    (
      #""image_processor_type": "BeitImageProcessor", "size": {"height": 90, "width": 70}, "do_center_crop": true, "crop_size": 64"#,
      "another shape"
    ),
    (
      #""image_processor_type": "CLIPImageProcessor", "size": {"shortest_edge": 40}, "crop_size": {"height": 64, "width": 64}"#,
      "black borders"
    ),
  ]) func `what of a processor is not followed is told`(fields: String, word: String) throws {
    let opened = try HuggingFaceFormat().open(ModelRequest(path: write("{\(fields)}")))
    let note = try #require(opened.notes.first { $0.sentence.contains("as preprocessor_config.json says") })
    #expect(note.sentence.contains(", but ") && note.sentence.contains(word) && note.setting?.name == "recipe")
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

  @Test(arguments: ["\u{FEFF}", ""]) func `what Python writes beyond JSON is read`(mark: String) throws {
    let text = Self.configuration.replacing(
      #""image_size": null"#, with: #""loss": NaN, "far": -Infinity, "say": "a NaN \" NaN""#)
    let path = try write(nil, configuration: mark + text)
    #expect(try Array(contentsOf(path)).withUnsafeBytes { HuggingFaceFormat().recognizes($0, at: path) })
    #expect(try HuggingFaceFormat().open(ModelRequest(path: path)).classNames == ["cat", "dog", "owl"])
  }

  private func contentsOf(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

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

  @Test func `the processor among all of a network's, as transformers 5 keeps it, goes before its own file`() throws {
    let path = try write(#"{"image_mean": [0.1, 0.1, 0.1]}"#)
    try folder.write(
      #"{"image_processor": {"image_mean": [0.3, 0.3, 0.3], "resample": "bicubic"}, "processor_class": "X"}"#,
      to: "processor_config.json")
    let opened = try HuggingFaceFormat().open(ModelRequest(path: path))
    #expect(opened.preprocessing?.mean == [0.3, 0.3, 0.3] && opened.preprocessing?.interpolation == .bicubic)
    #expect(opened.notes.contains { $0.sentence.contains("as processor_config.json says") })
    try folder.write(#"{"feature_extractor": {}}"#, to: "processor_config.json")
    #expect(try HuggingFaceFormat().open(ModelRequest(path: path)).preprocessing?.mean == [0.1, 0.1, 0.1])
  }

  @Test func `names that count from 1, or stand by name alone, are read`() throws {
    for (labels, isTold) in [
      (#""id2label": {"1": "cat", "2": "dog", "3": "owl"}"#, true),
      (#""label2id": {"cat": 0, "owl": 2, "dog": 1}"#, false),
    ] {
      let configuration = Self.configuration.replacing(
        #""id2label": {"0": "cat", "1": "dog", "2": "owl"}"#, with: labels)
      let opened = try HuggingFaceFormat().open(ModelRequest(path: write("{}", configuration: configuration)))
      #expect(opened.classNames == ["cat", "dog", "owl"])
      #expect(opened.notes.contains { $0.sentence.contains("numbered from 1") } == isTold)
    }
  }

  @Test(arguments: [#""hidden_act": "gelu""#, #""downsample_in_first_stage": true"#])
  func `what the description says and the definition does otherwise is refused`(field: String) throws {
    let path = try write("{}", configuration: Self.configuration.replacing(#""image_size": null"#, with: field))
    let error = #expect(throws: ModelFileError.self) { try HuggingFaceFormat().open(ModelRequest(path: path)) }
    #expect(error?.fault == .unsupported && "\(error!)".contains(String(field.split(separator: "\"")[0])))
    let fine = try write(
      "{}", configuration: Self.configuration.replacing(#""image_size": null"#, with: #""hidden_act": "relu""#))
    #expect(throws: Never.self) { try HuggingFaceFormat().open(ModelRequest(path: fine)) }
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

  @Test func `a graph in the folder is opened by what the folder says, and one of another name among others is not`()
    throws
  {
    let processor =
      #"{"image_mean": [0.5], "image_std": [0.25], "size": {"height": 16, "width": 16}, "do_center_crop": false}"#
    try folder.write(processor, to: "preprocessor_config.json")
    try folder.write(Self.configuration, to: "config.json")
    try FileManager.default.createDirectory(atPath: folder.path("onnx"), withIntermediateDirectories: false)
    for name in ["model.onnx", "onnx/model.onnx"] {
      let path = try folder.write(ONNXFile.vector(3).bytes, to: name)
      #expect(FileKind.network(inFolder: folder.url.path) == path)
      let opened = try ONNXFormat().open(ModelRequest(path: path))
      #expect(opened.classNames == ["cat", "dog", "owl"])
      #expect(opened.preprocessing?.mean == [0.5] && opened.preprocessing?.deviation == [0.25])
      #expect(opened.notes.contains { $0.sentence.contains("as preprocessor_config.json says") })
      #expect(opened.notes.contains { $0.sentence.contains("names of the classes are those of config.json") })
      try FileManager.default.removeItem(atPath: path)
    }
    // What the graph does itself goes before.
    let own = try ONNXFormat().open(
      ModelRequest(path: folder.write(ONNXFile.vector(3).declaring(.uint8).bytes, to: "model.onnx")))
    #expect(own.preprocessing?.scale == 1 && own.notes.contains { $0.sentence.contains("is not followed") })
    let stranger = try folder.write(ONNXFile.vector(3).bytes, to: "other.onnx")
    #expect(try ONNXFormat().open(ModelRequest(path: stranger)).classNames == nil)
    // With weights beside it, the description is opened.
    _ = try write(processor)
    #expect(FileKind.network(inFolder: folder.url.path) == folder.path("config.json"))
  }

  @Test(arguments: [
    (#", "problem_type": "regression""#, true), ("", false),
    (#", "problem_type": "single_label_classification""#, false),
  ]) func `what the description says of the numbers is told`(field: String, areNumbers: Bool) throws {
    let path = try write(
      "{}", configuration: Self.configuration.replacing("\"image_size\": null", with: "\"image_size\": null" + field))
    let told = ToldAnswer(ofNetwork: path)
    #expect((told?.answer == .numbers) == areNumbers && told?.note.setting?.name == (areNumbers ? "answer" : nil))
    #expect(try (HuggingFaceFormat().open(ModelRequest(path: path)).model.explained.kind == .numbers) == areNumbers)
  }

  @Test func `a single label without a kind of problem is a regression, as transformers train it`() throws {
    let one = Self.configuration.replacing(#""0": "cat", "1": "dog", "2": "owl""#, with: #""0": "weight""#)
    let path = try folder.write(one, to: "config.json")
    try folder.write(ONNXFile.vector(1).bytes, to: "model.onnx")
    #expect(ToldAnswer(ofNetwork: folder.path("model.onnx"))?.note.sentence.contains("one label") == true)
    // A description alone says nothing that could be opened.
    #expect(ToldAnswer(ofNetwork: path) == nil)
  }

  @Test func `what belongs to a network in its folder is known, and results beside it are not`() throws {
    let path = try write("{}")
    try folder.write("{}", to: "report.json")
    #expect(
      FilesBeside.paths(of: folder.path("model.safetensors"))
        == [path, folder.path("preprocessor_config.json")])
    let (file, weights) = ONNXFile.vector(3).keepingWeights(in: "net.data")
    let alone = try TemporaryFolder()
    try alone.write(weights, to: "net.data")
    let graph = try alone.write(file.bytes, to: "net.onnx")
    #expect(FilesBeside.paths(of: graph) == [alone.path("net.data")])
    #expect(try ONNXFormat().open(ModelRequest(path: graph)).outputShape == [3])
  }
}

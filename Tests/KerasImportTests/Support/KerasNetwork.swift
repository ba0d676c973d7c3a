import Foundation
import GraphEngine
import KerasImport
import Kernels

/// A Keras layer for the tests: its settings as JSON, and its weights in Keras' order.
struct TestLayer {
  var className: String
  var name: String
  var settings: [String: Any] = [:]
  var weights: [(name: String, array: StoredArray)] = []
  /// The layers it is applied to, one list per call; the one before it by default.
  var calls: [[String]] = []
  /// A nested model's layers.
  var layers: [TestLayer] = []
  var registeredName: String?
  /// Where functions come from: `keras.src.ops.numpy`.
  var module: String?
  /// The calls as Keras 3 writes them, in place of those above.
  var nodes: [[String: Any]] = []
  /// Where an archive has each weight below the layer's group; `vars/0` and so on by default.
  var places: [String] = []

  init(
    _ className: String, _ name: String, _ settings: [String: Any] = [:],
    weights: [(String, [Int], [Float])] = [], calls: [[String]] = [], layers: [TestLayer] = []
  ) {
    (self.className, self.name, self.settings, self.calls, self.layers) = (className, name, settings, calls, layers)
    self.weights = weights.map { ($0.0, StoredArray(shape: $0.1, scalars: $0.2)) }
  }

  /// A function of `keras.ops` applied to tensors, which `tensor(_:)` makes, and other things.
  static func function(
    _ className: String, _ name: String, _ settings: [String: Any] = [:], of arguments: [Any]
  ) -> TestLayer {
    var layer = TestLayer(className, name, settings)
    layer.module = "keras.src.ops.numpy"
    layer.nodes = [["args": arguments, "kwargs": [String: Any]()]]
    return layer
  }

  static func tensor(_ layer: String) -> [String: Any] {
    ["class_name": "__keras_tensor__", "config": ["keras_history": [layer, 0, 0] as [Any]]]
  }

  static func input(_ shape: [Int], _ name: String = "image", batch: Int? = nil) -> TestLayer {
    let shape: [Any] = [batch.map { $0 as Any } ?? NSNull()] + shape.map { $0 as Any }
    return TestLayer("InputLayer", name, ["batch_shape": shape])
  }
}

/// A network that the tests write as Keras would.
struct KerasNetwork {
  var layers: [TestLayer]
  var isSequential = true
  var version = "3.4.1"
  var outputs: [String]?
  /// What a dictionary of the outputs calls them; empty for a list.
  var outputNames: [String] = []

  /// What an archive says of the layers.
  var config: Data { get throws { try json(description) } }

  /// As a `.keras` archive, with another text in place of ``config`` where one is given.
  func archive(config: Data? = nil) throws -> Data {
    let weights = try HDF5Writer.file { file in
      try file.group("vars")
      try write(layers, below: "layers", to: file)
    }
    var zip = ZipWriter()
    zip.add("metadata.json", try json(["keras_version": version]))
    zip.add("config.json", try config ?? self.config)
    zip.add("model.weights.h5", weights)
    return zip.archive
  }

  /// As a whole-model `.h5` file.
  func legacyFile() throws -> Data {
    let description = String(decoding: try json(description), as: UTF8.self)
    return try HDF5Writer.file { file in
      try file.strings("", "model_config", [description], isScalar: true)
      try file.strings("", "keras_version", [version], isScalar: true)
      try file.group("model_weights")
      for layer in layers where layer.className != "InputLayer" {
        let all = leaves(of: layer)
        let ordered = all.flatMap(\.trained) + all.flatMap(\.others)
        let place = "model_weights/\(layer.name)"
        try file.group(place)
        if !ordered.isEmpty { try file.strings(place, "weight_names", ordered.map(\.path)) }
        for (path, array) in ordered { try file.array("\(place)/\(path)", array) }
      }
    }
  }

  private typealias Entry = (path: String, array: StoredArray)

  private func leaves(of layer: TestLayer) -> [(trained: [Entry], others: [Entry])] {
    if !layer.layers.isEmpty { return layer.layers.flatMap(leaves) }
    let entries = layer.weights.map { (path: "\(layer.name)/\($0.name):0", array: $0.array) }
    let isFrozen = layer.settings["trainable"] as? Bool == false
    let isTrained = { (entry: Entry) in !isFrozen && !entry.path.contains("/moving_") }
    return [(entries.filter(isTrained), entries.filter { !isTrained($0) })]
  }

  private func write(_ layers: [TestLayer], below path: String, to file: HDF5Writer) throws {
    var used: [String: Int] = [:]
    for layer in layers where layer.className != "InputLayer" {
      let stem = snake(layer.className)
      let count = used[stem, default: 0]
      used[stem] = count + 1
      let place = "\(path)/\(stem)" + (count == 0 ? "" : "_\(count)")
      try file.group("\(place)/vars")
      for (index, weight) in layer.weights.enumerated() {
        let below = index < layer.places.count ? layer.places[index] : "vars/\(index)"
        try file.array("\(place)/\(below)", weight.array)
      }
      if !layer.layers.isEmpty { try write(layer.layers, below: "\(place)/layers", to: file) }
    }
  }

  private func snake(_ name: String) -> String {
    [
      "BatchNormalization": "batch_normalization", "SeparableConv2D": "separable_conv2d", "PReLU": "p_re_lu",
      "DepthwiseConv2D": "depthwise_conv2d", "LayerNormalization": "layer_normalization",
      "GroupNormalization": "group_normalization", "Conv2DTranspose": "conv2d_transpose",
      "MultiHeadAttention": "multi_head_attention", "AdditiveAttention": "additive_attention",
      "RMSNormalization": "rms_normalization",
      "TimeDistributed": "time_distributed", "SpectralNormalization": "spectral_normalization",
    ][name] ?? name.lowercased()
  }

  var description: [String: Any] {
    [
      "class_name": isSequential ? "Sequential" : "Functional",
      "config": config(of: layers, isSequential: isSequential),
    ]
  }

  private func config(of layers: [TestLayer], isSequential: Bool, name: String = "network") -> [String: Any] {
    var entries: [[String: Any]] = []
    for layer in layers {
      var settings = layer.settings
      if layer.className == "Sequential" {
        settings = config(of: layer.layers, isSequential: true, name: layer.name)
      } else if layer.className != "InputLayer", layer.module == nil {
        settings = ["trainable": true, "name": layer.name].merging(settings) { $1 }
      }
      var entry: [String: Any] = ["class_name": layer.className, "name": layer.name, "config": settings]
      if let module = layer.module { entry["module"] = module }
      if let registered = layer.registeredName { entry["registered_name"] = registered }
      if !layer.nodes.isEmpty {
        entry["inbound_nodes"] = layer.nodes
      } else if !isSequential {
        entry["inbound_nodes"] = layer.calls.map { call in
          call.map { input -> [Any] in
            let parts = input.split(separator: "@")
            return [String(parts[0]), parts.count > 1 ? Int(parts[1]) ?? 0 : 0, 0, [String: Any]()]
          }
        }
      }
      entries.append(entry)
    }
    var config: [String: Any] = ["name": name, "layers": entries]
    if !isSequential {
      let outputs = outputs ?? [layers[layers.count - 1].name]
      config["input_layers"] = layers.filter { $0.className == "InputLayer" }.map { [$0.name, 0, 0] as [Any] }
      config["output_layers"] =
        outputNames.isEmpty
        ? outputs.map { [$0, 0, 0] as [Any] } as Any
        : Dictionary(uniqueKeysWithValues: zip(outputNames, outputs.map { [$0, 0, 0] as [Any] }))
    }
    return config
  }

  private func json(_ object: [String: Any]) throws -> Data { try JSONSerialization.data(withJSONObject: object) }
}

/// What a model makes of an image, both in Keras' order; the image's extents must differ.
func prediction(of model: KerasModel, for image: StoredArray) throws -> StoredArray {
  let graph = try model.graph(batch: image.shape[0])
  let isMoved = graph.inputs[0].shape != image.shape
  var x = NDArray(image.scalars, shape: image.shape)
  if isMoved { x = try transposed(x, permutation: [0, image.shape.count - 1] + (1..<(image.shape.count - 1))) }
  var y = try Plan(graph).outputs(for: [x])[0]
  if isMoved, y.shape.count == 4 { y = try transposed(y, permutation: [0, 2, 3, 1]) }
  return StoredArray(shape: y.shape, scalars: y.scalars)
}

/// Numbers that repeat nowhere, between −1 and 1.
func numbers(_ count: Int, _ seed: Float = 0) -> [Float] { (0..<count).map { sin(Float($0) * 1.7 + seed) } }

func array(_ shape: [Int], _ seed: Float = 0) -> StoredArray {
  StoredArray(shape: shape, scalars: numbers(shape.reduce(1, *), seed))
}

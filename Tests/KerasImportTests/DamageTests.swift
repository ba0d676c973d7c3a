import Foundation
import GraphEngine
import KerasImport
import Tensors
import Testing

/// Damaged and hostile files either still make sense or are refused; nothing else may happen.
@Suite struct `Damaged Keras files` {
  private var network: KerasNetwork {
    var conv = TestLayer(
      "Conv2D", "conv",
      ["filters": 2, "kernel_size": [3, 3], "padding": "same", "strides": [2, 2], "activation": "relu"],
      weights: [("kernel", [3, 3, 2, 2], numbers(36)), ("bias", [2], [1, 2])])
    conv.weights[0].array.kind = .compressed
    return KerasNetwork(layers: [
      .input([4, 3, 2]), conv, TestLayer("MaxPooling2D", "pool", ["pool_size": [2, 1]]), TestLayer("Flatten", "flat"),
      TestLayer("Dense", "head", ["units": 2], weights: [("kernel", [4, 2], numbers(8)), ("bias", [2], [1, 2])]),
    ])
  }

  /// What became of a number of files.
  private struct Fates {
    /// Refused while they were read, or while their graph was made.
    var unreadable = 0, refused = 0
    /// Refused by the engine, or ready to run.
    var unplanned = 0, planned = 0

    mutating func add(_ data: Data) {
      guard let model = try? KerasModel(decoding: data) else { return unreadable += 1 }
      guard let graph = try? model.graph(batch: 2) else { return refused += 1 }
      if (try? Plan(graph)) == nil { unplanned += 1 } else { planned += 1 }
    }
  }

  @Test func `files cut anywhere are refused`() throws {
    for data in [try network.archive(), try network.legacyFile()] {
      #expect(throws: Never.self) { try KerasModel(decoding: data) }
      for length in stride(from: 0, to: data.count, by: 37) {
        #expect(throws: KerasError.self) { try KerasModel(decoding: data.prefix(length)) }
      }
    }
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64]) func `flipped bits never crash the reader`(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    func flipped(_ data: Data) -> Data {
      var damaged = data
      for _ in 0...Int.random(in: 0...2, using: &generator) {
        damaged[Int.random(in: 0..<damaged.count, using: &generator)] ^=
          1 << UInt8.random(in: 0...7, using: &generator)
      }
      return damaged
    }
    // Archives only: HDF5's own library can crash on damage that no checksum tells, see Documentation/Keras.md.
    let (archive, config) = (try network.archive(), try network.config)
    var (archives, configs) = (Fates(), Fates())
    for _ in 0..<750 {
      archives.add(flipped(archive))
      // Checksums stop nearly all of those; here they are right again.
      configs.add(try network.archive(config: flipped(config)))
    }
    #expect(archives.unreadable > 700 && configs.unreadable > 100 && configs.planned > 20, "\(archives), \(configs)")
  }

  @Test func `a flipped bit of an archive's weights is noticed`() throws {
    var data = try network.archive()
    let weights = try #require(data.range(of: Data([0x89, 0x48, 0x44, 0x46])))
    data[weights.lowerBound + 3000] ^= 1
    let error = #expect(throws: KerasError.self) { try KerasModel(decoding: data, named: "net") }
    #expect(error == .damaged("net", reason: "'model.weights.h5' fails its checksum"))
  }

  @Test func `extreme numbers in every setting are refused or harmless`() throws {
    let settings = [
      ("filters", false), ("kernel_size", true), ("strides", true), ("dilation_rate", true), ("groups", false),
      ("pool_size", true), ("units", false), ("padding", true), ("cropping", true), ("size", true), ("axis", false),
      ("target_shape", true), ("dims", true), ("height", false), ("width", false), ("batch_shape", true),
    ]
    let classes = [
      "Conv2D", "Conv2DTranspose", "DepthwiseConv2D", "SeparableConv2D", "MaxPooling2D", "AveragePooling2D", "Dense",
      "ZeroPadding2D",
      "Cropping2D", "UpSampling2D", "BatchNormalization", "LayerNormalization", "GroupNormalization", "Reshape",
      "Permute",
      "Resizing", "CenterCrop", "Concatenate", "Softmax", "Normalization", "InputLayer",
    ]
    let normal: [String: Any] = [
      "filters": 2, "kernel_size": [1, 1], "strides": [1, 1], "pool_size": [1, 1], "units": 2, "padding": "valid",
      "size": 1,
      "height": 2, "width": 2, "batch_shape": [NSNull(), 4, 3, 2] as [Any], "groups": 1, "mean": 0, "variance": 1,
    ]
    var fates = Fates()
    for className in classes {
      for (setting, isList) in settings {
        for extreme in [Double(Int32.min), -1, 0, 16_777_216, 2_147_483_648, 1e300, 0.5] {
          var layer = TestLayer(
            className, "odd", normal, weights: [("kernel", [1, 1, 2, 2], numbers(4)), ("bias", [2], [1, 2])])
          layer.settings[setting] = isList ? [extreme, extreme] : extreme
          fates.add(try KerasNetwork(layers: [.input([4, 3, 2]), layer]).archive())
        }
      }
    }
    #expect(fates.planned > 100 && fates.refused > 100, "\(fates)")
  }

  @Test func `arrays that only declare their numbers are refused`() throws {
    var hostile = network
    hostile.layers[4].weights[0].array = StoredArray(shape: [1 << 16, 1 << 15], scalars: [], kind: .declaredOnly)
    for data in [try hostile.archive(), try hostile.legacyFile()] {
      let error = #expect(throws: KerasError.self) { try KerasModel(decoding: data) }
      #expect("\(try #require(error))".contains("not in the file"))
    }
  }

  @Test func `an archive that would unpack to gigabytes is refused`() throws {
    var zip = ZipWriter()
    zip.add("config.json", Data("{}".utf8), declaredSize: 4_000_000_000)
    let error = #expect(throws: KerasError.self) { try KerasModel(decoding: zip.archive) }
    #expect("\(try #require(error))".contains("would unpack"))
  }

  @Test func `nothing outside the file is opened`() throws {
    let other = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString + ".h5")
    defer { try? FileManager.default.removeItem(at: other) }
    try HDF5Writer.file { try $0.array("kernel", array([24, 2])) }.write(to: other)
    let dense = TestLayer("Dense", "head", ["units": 2, "use_bias": false])
    let plain = KerasNetwork(layers: [.input([4, 3, 2]), TestLayer("Flatten", "flat"), dense])
    let config = String(decoding: try JSONSerialization.data(withJSONObject: plain.description), as: UTF8.self)
    for isOutside in [true, false] {
      let file = try HDF5Writer.file {
        try $0.strings("", "model_config", [config], isScalar: true)
        try $0.array("elsewhere", array([24, 2]))
        try $0.group("model_weights/head")
        try $0.strings("model_weights/head", "weight_names", ["head/kernel:0"])
        try $0.link(
          "model_weights/head/head/kernel:0", to: isOutside ? "/kernel" : "/elsewhere", in: isOutside ? other.path : nil
        )
      }
      #expect(throws: KerasError.self) { try KerasModel(decoding: file) }
    }
  }

  @Test func `configurations nested without end are refused`() throws {
    let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
    var zip = ZipWriter()
    zip.add("config.json", Data(deep.utf8))
    zip.add("model.weights.h5", try HDF5Writer.file { try $0.group("vars") })
    #expect(throws: KerasError.self) { try KerasModel(decoding: zip.archive) }
  }

  @Test func `a network that depends on itself is refused`() throws {
    let layers = [
      TestLayer.input([4, 3, 2]), TestLayer("Add", "a", calls: [["image", "b"]]),
      TestLayer("Add", "b", calls: [["a", "image"]]),
    ]
    let error = #expect(throws: KerasError.self) {
      try KerasModel(decoding: KerasNetwork(layers: layers, isSequential: false).archive()).graph()
    }
    #expect("\(try #require(error))".contains("depends on itself"))
  }
}

@Suite struct `Arrays in HDF5` {
  @Test(arguments: [StoredArray.Kind.float32, .float64, .compressed, .bfloat16])
  func `are read whatever their kind`(kind: StoredArray.Kind) throws {
    // Exact in bfloat16.
    let scalars = (0..<48).map { Float($0) / 4 - 6 }
    var dense = TestLayer("Dense", "head", ["units": 2, "use_bias": false])
    dense.weights = [("kernel", StoredArray(shape: [24, 2], scalars: scalars, kind: kind))]
    let network = KerasNetwork(layers: [.input([4, 3, 2]), TestLayer("Flatten", "flat"), dense])
    let image = StoredArray(shape: [1, 4, 3, 2], scalars: (0..<24).map { $0 == 5 ? 1 : 0 })
    for data in [try network.archive(), try network.legacyFile()] {
      #expect(try prediction(of: KerasModel(decoding: data), for: image).scalars == [scalars[10], scalars[11]])
    }
  }
}

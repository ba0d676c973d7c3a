import Foundation
import KerasImport
import Testing

/// Files and layers that cannot be read are refused in one sentence that says why.
@Suite struct `Refusals of Keras files` {
  private func network(_ layers: [TestLayer]) -> KerasNetwork { KerasNetwork(layers: [.input([4, 3, 2])] + layers) }

  private func error(_ data: Data) throws -> KerasError {
    try #require(#expect(throws: KerasError.self) { try KerasModel(decoding: data, named: "net").graph() })
  }

  private let dense = TestLayer(
    "Dense", "head", ["units": 2], weights: [("kernel", [24, 2], numbers(48)), ("bias", [2], [1, 2])])

  @Test func `every unknown layer is named, and none is run`() throws {
    var custom = TestLayer("Conv2D", "mine")
    custom.registeredName = "my_package>Conv2D"
    let layers = [
      TestLayer("Lambda", "lambda", ["function": "..."]), TestLayer("ConvLSTM2D", "memory"), custom,
      TestLayer("Flatten", "flat"),
      TestLayer("Sequential", "inner", layers: [TestLayer("Lambda", "lambda")]),
    ]
    let error = try error(network(layers).archive())
    #expect(
      error
        == .unsupported([
          KerasLayer(name: "lambda", className: "Lambda"), KerasLayer(name: "memory", className: "ConvLSTM2D"),
          KerasLayer(name: "mine", className: "Conv2D"), KerasLayer(name: "inner/lambda", className: "Lambda"),
        ]))
    #expect("\(error)".contains("Lambda at 'lambda', 'inner/lambda'"))
  }

  @Test func `a custom activation is refused`() throws {
    let function: [String: Any] = ["class_name": "function", "module": "builtins", "config": "relu"]
    let error = try error(network([TestLayer("Activation", "act", ["activation": function])]).archive())
    guard case .unsupportedUse(let layer, _) = error else { throw error }
    #expect(layer == KerasLayer(name: "act", className: "Activation"))
  }

  @Test func `weights that are missing or do not fit are named`() throws {
    var without = dense
    without.weights.removeLast()
    #expect("\(try error(network([TestLayer("Flatten", "flat"), without]).archive()))".contains("'head' (Dense)"))
    #expect("\(try error(network([TestLayer("Flatten", "flat"), without]).legacyFile()))".contains("1 weights where 2"))
    var wrong = dense
    wrong.weights[0].array = array([23, 2])
    #expect(
      try error(network([TestLayer("Flatten", "flat"), wrong]).archive())
        == .wrongWeights(
          KerasLayer(name: "head", className: "Dense"), weight: "kernel", expected: [24, 2], found: [23, 2]))
  }

  @Test func `what is no network says what it is`() throws {
    #expect(try error(Data()) == .emptyFile("net"))
    #expect(try error(Data("hello".utf8)) == .notKeras("net"))
    var zip = ZipWriter()
    zip.add("archive/data.pkl", Data("pickle".utf8))
    #expect(try error(zip.archive) == .notKeras("net"))
    let weightsOnly = try HDF5Writer.file { try $0.group("model_weights") }
    guard case .noModel = try error(weightsOnly) else { throw try error(weightsOnly) }
    let folder = FileManager.default.temporaryDirectory.path
    #expect(throws: KerasError.missingFile(folder + "/none.keras")) {
      try KerasModel(contentsOf: folder + "/none.keras")
    }
    #expect("\(#expect(throws: KerasError.self) { try KerasModel(contentsOf: folder) }!)".contains("it is a folder"))
  }

  @Test func `Keras' files are recognised by content`() throws {
    let flat = network([TestLayer("Flatten", "flat")])
    var torch = ZipWriter()
    torch.add("archive/data.pkl", Data())
    let cases = [
      (try flat.archive(), true), (try flat.legacyFile(), true), (torch.archive, false), (Data("onnx".utf8), false),
    ]
    for (data, isKeras) in cases {
      #expect(data.withUnsafeBytes { KerasModel.recognizes($0) } == isKeras)
    }
  }

  @Test func `each sentence ends with what to do`() throws {
    for error in [
      try error(Data()), try error(Data("hello".utf8)), try error(network([TestLayer("Lambda", "l")]).archive()),
    ] {
      #expect("\(error)".contains(";") && !"\(error)".contains("\n"))
    }
  }

  @Test func `a Dropout that is always on is refused where Keras 2 kept it on`() throws {
    // As `keras.layers.Dropout(0.5)(x, training=True)` is written.
    let json = """
      {"class_name": "Functional", "config": {"name": "m", "layers": [
        {"class_name": "InputLayer", "name": "image", "config": {"batch_input_shape": [null, 4, 3, 2]}, "inbound_nodes": []},
        {"class_name": "Dropout", "name": "on", "config": {"trainable": true, "rate": 0.5},
         "inbound_nodes": [[["image", 0, 0, {"training": true}]]]}],
       "input_layers": [["image", 0, 0]], "output_layers": [["on", 0, 0]]}}
      """
    let file = try HDF5Writer.file {
      try $0.strings("", "model_config", [json], isScalar: true)
      try $0.strings("", "keras_version", ["2.9.0"], isScalar: true)
      try $0.group("model_weights")
    }
    #expect("\(try error(file))".contains("training=True"))
  }
}

/// A Functional or Sequential model as the configuration describes it.
struct ModelDescription: Sendable {
  let layers: [LayerDescription]
  let inputs: [TensorReference]
  let outputs: [TensorReference]
  /// What the outputs are called, where the model gives them in a dictionary; empty where they have no names.
  private(set) var outputNames: [String] = []

  /// - Parameters:
  ///   - className: `Sequential`, `Functional`, or `Model` as old files call the latter.
  ///   - config: the model's own configuration.
  ///   - buildConfig: what the model was built for, where that is kept apart.
  ///   - prefix: what the names of its layers begin with in the whole network.
  ///   - depth: how many models it is nested in.
  /// - Throws: ``KerasError/malformed(reason:)`` where the parts contradict each other.
  init(
    className: String, config: JSON, buildConfig: JSON = .null, prefix: String = "", depth: Int = 0
  ) throws(KerasError) {
    let isSequential = className == "Sequential"
    // The oldest Sequential models are a bare list.
    guard let entries = config["layers"].list ?? (isSequential ? config.list : nil), !entries.isEmpty else {
      throw .malformed(reason: "the model '\(config["name"].text ?? prefix)' lists no layers")
    }
    var layers: [LayerDescription] = []
    var names: Set<String> = []
    for entry in entries {
      let layer = try LayerDescription(entry, prefix: prefix, depth: depth)
      guard names.insert(layer.name).inserted else { throw .malformed(reason: "two layers are called '\(layer.path)'") }
      layers.append(layer)
    }
    if isSequential {
      let built = [config["build_input_shape"], buildConfig["input_shape"], layers[0].config["batch_input_shape"]]
      let shape = built.first { !$0.isNull } ?? .null
      self.init(chain: layers, prefix: prefix, inputShape: shape)
    } else {
      guard let inputs = TensorReference.all(in: config["input_layers"]), !inputs.isEmpty,
        let outputs = TensorReference.all(in: config["output_layers"]), !outputs.isEmpty
      else { throw .malformed(reason: "the model '\(config["name"].text ?? prefix)' has no inputs or outputs") }
      let shifted = Self.countedFromOne(layers, outputs: outputs)
      self.init(
        layers: layers.map { $0.earlier(shifted) }, inputs: inputs, outputs: outputs.map { $0.earlier(shifted) })
      let keys = (config["output_layers"].members ?? [:]).keys.sorted()
      if keys.count == outputs.count { outputNames = keys }
    }
  }

  private init(layers: [LayerDescription], inputs: [TensorReference], outputs: [TensorReference]) {
    (self.layers, self.inputs, self.outputs) = (layers, inputs, outputs)
  }

  /// The nested models whose calls are counted from 1.
  ///
  /// Keras 2 counts a nested model's own making as its call 0 and leaves that out, so that references begin at 1.
  private static func countedFromOne(_ layers: [LayerDescription], outputs: [TensorReference]) -> Set<String> {
    var last: [String: Int] = [:]
    for reference in layers.flatMap({ $0.calls.flatMap(\.tensors) }) + outputs {
      last[reference.layer] = max(last[reference.layer] ?? 0, reference.call)
    }
    let models = layers.filter { $0.model != nil && !$0.calls.isEmpty && last[$0.name] == $0.calls.count }
    return Set(models.map(\.name))
  }

  /// Layers each of which is applied to the one before it.
  private init(chain: [LayerDescription], prefix: String, inputShape: JSON) {
    var layers = chain
    if layers[0].className != "InputLayer" {
      let taken = Set(layers.map(\.name))
      let name = ["input", "input_layer", "sequential_input"].first { !taken.contains($0) } ?? "the input"
      layers.insert(.input(name, prefix: prefix, shape: inputShape), at: 0)
    }
    for index in layers.indices.dropFirst() {
      let previous = TensorReference(layers[index - 1].name)
      layers[index] = layers[index].called(with: [Invocation(arguments: [.tensor(previous)])])
    }
    self.init(
      layers: layers, inputs: [TensorReference(layers[0].name)],
      outputs: [TensorReference(layers[layers.count - 1].name)])
  }

  /// Every layer, those of nested models in their place; nested models themselves are left out.
  var leaves: [LayerDescription] { layers.flatMap { $0.model?.leaves ?? [$0] } }
}

/// A layer as the configuration describes it.
struct LayerDescription: Sendable {
  /// The name within its model.
  let name: String
  /// The name below those of the models it is nested in, by which the whole network knows it: `resnet50/conv1_conv`.
  let path: String
  let className: String
  let config: JSON
  let calls: [Invocation]
  /// The layers of a nested model.
  let model: ModelDescription?
  /// Whether this is a function applied to tensors, `x * 2`, rather than a layer; files list both alike.
  let isOperation: Bool
  /// Whether it is a class of somebody's own, whatever it is called.
  let isCustom: Bool

  /// What errors call it.
  var label: KerasLayer { KerasLayer(name: path, className: className) }

  static let modelClasses: Set = ["Functional", "Model", "Sequential"]

  /// - Parameters:
  ///   - json: an entry of a model's `layers`.
  ///   - prefix: the names of the models around it, each with a slash.
  ///   - depth: how many these are.
  /// - Throws: ``KerasError`` where an entry lacks what every layer has.
  init(_ json: JSON, prefix: String, depth: Int) throws(KerasError) {
    guard let given = json["class_name"].text else { throw .malformed(reason: "a layer has no class") }
    // Keras 2 registers one of its own layers as if it were somebody's.
    let registered = json["registered_name"].text ?? ""
    let isItsOwn = given == "Custom>CustomScaleLayer" || registered == "Custom>CustomScaleLayer"
    let className = isItsOwn ? "CustomScaleLayer" : given
    let config = json["config"]
    let name = json["name"].text ?? config["name"].text ?? ""
    guard !name.isEmpty else { throw .malformed(reason: "a layer (\(className)) has no name") }
    (self.name, self.className, self.config, path) = (name, className, config, prefix + name)
    let module = json["module"].text ?? ""
    // HDF5 files tell no modules; there only layers have types of numbers.
    isOperation = module.hasPrefix("keras.src.ops") || (module.isEmpty && Self.isOperation(className, config))
    // "package>name" is how classes of somebody's own are registered.
    isCustom = registered.contains(">") && !isItsOwn
    let label = KerasLayer(name: path, className: className)
    var calls: [Invocation] = []
    for node in json["inbound_nodes"].list ?? [] {
      guard let call = Invocation(node) else {
        throw .malformedLayer(label, reason: "what it is applied to is unclear")
      }
      calls.append(call)
    }
    self.calls = calls
    guard Self.modelClasses.contains(className), !isCustom else {
      model = nil
      return
    }
    guard depth < 32 else { throw .malformedLayer(label, reason: "models are nested too deeply") }
    model = try ModelDescription(
      className: className, config: config, buildConfig: json["build_config"], prefix: path + "/", depth: depth + 1)
  }

  private init(input name: String, prefix: String, shape: JSON) {
    (self.name, path, className) = (name, prefix + name, "InputLayer")
    config = .object(["batch_shape": shape])
    (calls, model, isOperation, isCustom) = ([], nil, false, false)
  }

  /// An input that the file does not list, as Sequential models may leave out.
  static func input(_ name: String, prefix: String, shape: JSON) -> LayerDescription {
    LayerDescription(input: name, prefix: prefix, shape: shape)
  }

  private init(_ other: LayerDescription, calls: [Invocation]) {
    (name, path, className, config) = (other.name, other.path, other.className, other.config)
    (model, isOperation, isCustom, self.calls) = (other.model, other.isOperation, other.isCustom, calls)
  }

  /// The same layer applied to something else.
  func called(with calls: [Invocation]) -> LayerDescription { LayerDescription(self, calls: calls) }

  private static func isOperation(_ className: String, _ config: JSON) -> Bool {
    guard let members = config.members, className != "InputLayer", !modelClasses.contains(className) else {
      return false
    }
    return members["trainable"] == nil && members["dtype"] == nil
  }
}

extension LayerDescription {
  /// The same layer with other settings.
  func with(config: JSON) -> LayerDescription { LayerDescription(self, config: config) }

  private init(_ other: LayerDescription, config: JSON) {
    (name, path, className, calls) = (other.name, other.path, other.className, other.calls)
    (model, isOperation, isCustom, self.config) = (other.model, other.isOperation, other.isCustom, config)
  }
}

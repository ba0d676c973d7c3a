import Kernels

/// Reads the `model_weights` of a whole-model `.h5` file: one group per outermost layer, its arrays listed by name.
struct LegacyWeights {
  private(set) var weights: LayerWeights = [:]

  init(of model: ModelDescription, in group: HDF5Group) throws(KerasError) {
    for layer in model.layers where !layer.isOperation && layer.className != "InputLayer" {
      let expected = try Self.order(of: layer)
      guard !expected.isEmpty else { continue }
      guard let place = group.group(layer.name), let names = place.strings("weight_names") else {
        throw .missingWeights(layer.label, place: "'\(group.path)/\(layer.name)'")
      }
      let listed = names.filter { !Self.isRandomState($0) }
      guard listed.count == expected.count else {
        throw layer.malformed("the file lists \(listed.count) weights where \(expected.count) are needed")
      }
      for (name, (owner, variable)) in zip(listed, expected) {
        guard Self.isName(Self.lastPart(of: name), of: variable), let dataset = place.dataset(name) else {
          throw .missingWeights(owner.label, place: "\(variable.name) in '\(place.path)', only '\(name)'")
        }
        weights[owner.path, default: [:]][variable.name] = try owner.read(variable, from: dataset)
      }
    }
  }

  /// The weights of a layer, or of all layers of a nested model, as Keras lists them: those being trained, then the others.
  private static func order(of layer: LayerDescription) throws(KerasError) -> [(LayerDescription, Variable)] {
    var (trained, others): ([(LayerDescription, Variable)], [(LayerDescription, Variable)]) = ([], [])
    for leaf in layer.model?.leaves ?? [layer] {
      let isTrained = try leaf.flag("trainable", default: true)
      for variable in try LayerTable.variables(of: leaf) {
        if isTrained && variable.isTrainable {
          trained.append((leaf, variable))
        } else {
          others.append((leaf, variable))
        }
      }
    }
    return trained + others
  }

  /// `block1_conv1/kernel:0` → `kernel`.
  private static func lastPart(of name: String) -> String {
    String(name.split(separator: "/").last?.prefix { $0 != ":" } ?? "")
  }

  /// Whether a file would call a variable so; of those without a name of their own, Keras numbers all but the first.
  private static func isName(_ text: String, of variable: Variable) -> Bool {
    if [variable.name, variable.alias].contains(text) { return true }
    guard let number = text.wholeMatch(of: /(.+)_[0-9]+/) else { return false }
    return String(number.1) == variable.alias
  }

  /// The seeds of layers that draw random numbers in training.
  private static func isRandomState(_ name: String) -> Bool {
    ["StateVar", "seed_generator_state"].contains(lastPart(of: name))
  }
}

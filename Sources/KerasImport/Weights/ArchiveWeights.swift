import Kernels

/// Reads the `model.weights.h5` of a `.keras` archive: groups named after classes, counted up, arrays by number.
struct ArchiveWeights {
  private(set) var weights: LayerWeights = [:]

  init(of model: ModelDescription, in group: HDF5Group) throws(KerasError) { try read(model, in: group) }

  private mutating func read(_ model: ModelDescription, in group: HDF5Group) throws(KerasError) {
    // Keras 2 kept a checkpoint's name for the list.
    let list = ["layers", "_layer_checkpoint_dependencies"].lazy.compactMap { group.group($0) }.first
    var used: [String: Int] = [:]
    // By the layer's own name, which newer files note: taken where classes of somebody's own shift the counting.
    lazy var noted = list.map(Self.notedNames) ?? [:]
    for layer in model.layers where !layer.isOperation && layer.className != "InputLayer" {
      let stem = snakeCase(layer.className)
      let count = used[stem, default: 0]
      used[stem] = count + 1
      let variables = try LayerTable.variables(of: layer)
      guard layer.model != nil || !variables.isEmpty else { continue }
      let counted = list?.group(count == 0 ? stem : "\(stem)_\(count)")
      let name = counted?.group("vars")?.strings("name")?.first
      let place = name == nil || name == layer.name ? counted : noted[layer.name].flatMap { list?.group($0) }
      guard let place else {
        throw .missingWeights(layer.label, place: "group for it in \(list?.path ?? "/layers")")
      }
      if let nested = layer.model {
        try read(nested, in: place)
      } else {
        weights[layer.path] = try Self.arrays(variables, of: layer, in: place)
      }
    }
  }

  private static func arrays(
    _ variables: [Variable], of layer: LayerDescription, in group: HDF5Group
  ) throws(KerasError) -> [String: NDArray] {
    var arrays: [String: NDArray] = [:]
    for (index, variable) in variables.enumerated() {
      let place = variable.place ?? "vars/\(index)"
      // Keras 2 keeps the underscore of parts that have one.
      guard let dataset = group.dataset(place) ?? group.dataset("_" + place) else {
        throw .missingWeights(layer.label, place: "'\(group.path)/\(place)', its \(variable.name)")
      }
      arrays[variable.name] = try layer.read(variable, from: dataset)
    }
    return arrays
  }

  /// The groups of a list by the names of the layers they say they are.
  private static func notedNames(_ list: HDF5Group) -> [String: String] {
    var noted: [String: String] = [:]
    for member in list.members {
      if let name = list.group(member)?.group("vars")?.strings("name")?.first { noted[name] = member }
    }
    return noted
  }
}

extension LayerDescription {
  /// Reads an array and arranges it as the engine wants it.
  func read(_ variable: Variable, from dataset: HDF5Dataset) throws(KerasError) -> NDArray {
    do {
      return try variable.arranged(try dataset.array())
    } catch let failure as HDF5Dataset.Failure {
      throw malformed("its weight '\(variable.name)' cannot be read: \(failure.reason)")
    } catch {
      throw malformed("its weight '\(variable.name)' cannot be read: \(error)")
    }
  }
}

/// `DepthwiseConv2D` → `depthwise_conv2d`, by Keras' own rule.
func snakeCase(_ name: String) -> String {
  name.filter { $0.isLetter || $0.isNumber || $0 == "_" }
    .replacing(/(.)([A-Z][a-z]+)/) { "\($0.output.1)_\($0.output.2)" }
    .replacing(/([a-z])([A-Z])/) { "\($0.output.1)_\($0.output.2)" }
    .lowercased()
}

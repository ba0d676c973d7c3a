import GraphEngine

/// A network that its weights were recognised by.
public struct RecognizedNetwork: Sendable {
  public let definition: NetworkDefinition
  /// The weights under the names of the definition.
  public let weights: WeightFile
  /// What was decided, each a sentence without its full stop.
  public let notes: [String]

  /// Whether the weights hold the layer with one output per class, or the network ends in features.
  public var hasClassifier: Bool { weights.tensors[definition.classifier + ".weight"] != nil }

  /// The kinds of network that are recognised.
  static var families: [any NetworkFamily.Type] {
    [
      ResNetFamily.self, InvertedResidualFamily.self, DenseNetFamily.self, VGGFamily.self, RegNetFamily.self,
      ConvNeXtFamily.self, MobileNetV1Family.self, VisionTransformerFamily.self, SwinFamily.self, MaxViTFamily.self,
      MobileViTFamily.self, SegformerFamily.self,
    ]
  }

  /// Tells by their names and shapes which network weights are of.
  ///
  /// - Parameters:
  ///   - file: the weights, under the names of any library that is known.
  ///   - told: what is said of the network beside them.
  /// - Throws: ``NetworkError/unrecognizedWeights(_:className:names:nearest:)``.
  public init(of file: WeightFile, told: NetworkDescription = NetworkDescription()) throws(NetworkError) {
    let told = told.completed(by: file)
    var relatives: [String] = []
    for part in Self.parts(of: file) {
      if let found = Self(within: part.weights, told: told, notes: file.notes + part.notes, relatives: &relatives) {
        self = found
        return
      }
    }
    let names = file.tensors.keys.sorted { ($0.count, $0) < ($1.count, $1) }
    throw NetworkError.unrecognizedWeights(
      file.label, className: file.className, names: names,
      nearest: relatives.isEmpty ? Self.nearest(to: file) : relatives)
  }

  private init(definition: NetworkDefinition, weights: WeightFile, notes: [String]) {
    (self.definition, self.weights, self.notes) = (definition, weights, notes)
  }

  private init?(within file: WeightFile, told: NetworkDescription, notes: [String], relatives: inout [String]) {
    if let name = told.name, Self.otherwise.contains(where: name.contains) { return nil }
    let shapes = file.shapes
    if let known = NetworkDefinition.builtIn.first(where: { $0.fits(shapes) }) {
      let twins = told.name == nil && !told.hasLayers ? ResNetFamily.twins(of: known.name) : []
      (definition, weights, self.notes) = (known, file, notes + Self.ownClass(of: file, readAs: known) + twins)
      return
    }
    let inventory = Inventory(shapes)
    for family in Self.families {
      for table in family.tables where inventory.has(table.mark) {
        var weights = file
        (weights.tensors, weights.notes) = ([:], [])
        // Tensors of no extent stand for parts that there are none of.
        for (name, tensor) in file.tensors where !tensor.shape.contains(0) {
          if let ours = table.name(for: name) { weights.tensors[ours] = tensor }
        }
        var told = told
        told.mark = table.mark
        family.arrange(&weights, told)
        let found = Inventory(weights.shapes)
        guard let definition = family.definition(of: found, told) else {
          relatives += family.relatives(of: found, told)
          continue
        }
        let assumed = weights.notes + family.assumptions(of: found, told) + Self.ownClass(of: file, readAs: definition)
        weights.adapt(to: definition)
        (self.definition, self.weights, self.notes) = (definition, weights, notes + assumed)
        return
      }
    }
    return nil
  }

  /// That a whole module is of a class of somebody's own, whose code is in no file.
  private static func ownClass(of file: WeightFile, readAs definition: NetworkDefinition) -> [String] {
    guard let other = file.modules.first(where: { !$0.isOfLibrary && ($0.path.isEmpty || !$0.isBare) }) else {
      return []
    }
    let subject = other.path.isEmpty ? "the network" : "its layer '\(elided(other.path, to: 80))'"
    return [
      "\(subject) was saved as a '\(elided(other.className, to: 80))', whose own code no file holds: it is taken to compute "
        + "what \(definition.name) computes"
    ]
  }

  /// Parts of the names of timm's networks that have the tensors of another and compute otherwise: they smooth before they
  /// stride, or are made for tests.
  private static let otherwise = ["blur", "resnetaa", "resnextaa", "test_efficientnet", "test_convnext"]

  // MARK: Parts of a checkpoint

  /// What training scripts put in front of a network's own names.
  private static let prefixes = [
    "module.", "_orig_mod.", "model.", "net.", "network.", "backbone.", "encoder.", "state_dict.", "student.",
    "teacher.",
    "ema.", "base_model.", "classifier.", "feature_extractor.", "_model.", "vision_model.", "visual.", "trunk.",
    "n_averaged.",
  ]

  /// The weights as they are, and beneath each path that training scripts put in front, the likeliest first.
  private static func parts(of file: WeightFile) -> [(weights: WeightFile, notes: [String])] {
    var parts: [(weights: WeightFile, notes: [String], depth: Int)] = [(file, [], 0)]
    var next = 0
    while next < parts.count {
      let (weights, notes, depth) = parts[next]
      next += 1
      guard depth < 4, parts.count < 24 else { continue }
      for prefix in prefixes {
        let inside = weights.tensors.filter { $0.key.hasPrefix(prefix) }
        guard inside.count > 1 else { continue }
        var part = weights
        part.tensors = Dictionary(
          uniqueKeysWithValues: inside.map { (String($0.key.dropFirst(prefix.count)), $0.value) })
        // Convolutions beside it mean that it is only a part of what was trained.
        let isPart = weights.tensors.contains { !$0.key.hasPrefix(prefix) && $0.value.shape.count > 2 }
        guard !isPart || ["student.", "teacher.", "ema."].contains(prefix) else { continue }
        let outside = weights.tensors.keys.filter { !$0.hasPrefix(prefix) && !isBookkeeping($0) }.sorted()
        parts.append((part, notes + note(on: outside, beside: String(prefix.dropLast()), of: weights), depth + 1))
      }
    }
    return parts.map { ($0.weights, $0.notes) }
  }

  /// What is left out beside a part that is taken; a matrix there is a layer of its own, perhaps the answer's.
  private static func note(on outside: [String], beside part: String, of weights: WeightFile) -> [String] {
    guard !outside.isEmpty else { return [] }
    let list = joined(outside.map { elided($0, to: 60) }, by: ", ", within: 120, kind: "more")
    let hasLayer = outside.contains { weights.tensors[$0]?.shape.count == 2 }
    return [
      "the weights beneath '\(part)' are taken, without \(list)"
        + (hasLayer
          ? ": layers behind it are not computed, so that the answer explained is that of '\(part)' alone; torch.onnx.export "
            + "saves a network with all its layers" : "")
    ]
  }

  private static func isBookkeeping(_ name: String) -> Bool {
    name == "n_averaged" || name.hasSuffix("num_batches_tracked") || name.hasSuffix("position_ids")
  }

  /// The networks that come with Limn whose parameters are most like these, with how many of them are there.
  private static func nearest(to file: WeightFile) -> [String] {
    let shapes = file.shapes
    let likeness = NetworkDefinition.builtIn.compactMap { definition -> (name: String, share: Double)? in
      guard let parameters = try? definition.parameters() else { return nil }
      let common = parameters.filter { shapes[$0.name] == $0.shape }.count
      return (definition.name, Double(common) / Double(max(parameters.count, shapes.count)))
    }
    return likeness.filter { $0.share > 0.1 }.sorted { $0.share > $1.share }.prefix(3).map {
      "\($0.name) (\(Int(100 * $0.share)) % of its tensors)"
    }
  }
}

extension WeightFile {
  /// Gives tensors that differ from a definition's in extents of one only its own shapes: `[C, 1, 1]` for `[C]`.
  mutating func adapt(to definition: NetworkDefinition) {
    guard let parameters = try? definition.parameters(classes: classes(of: definition)) else { return }
    for parameter in parameters {
      guard let tensor = tensors[parameter.name], tensor.shape != parameter.shape,
        tensor.shape.filter({ $0 != 1 }) == parameter.shape.filter({ $0 != 1 }),
        let reshaped = tensor.reshaped(parameter.shape)
      else { continue }
      tensors[parameter.name] = reshaped
    }
  }

  private func classes(of definition: NetworkDefinition) -> Int {
    tensors[definition.classifier + ".weight"]?.shape.first ?? definition.usualClasses
  }

  /// Puts the parts of a tensor that joins several, one below the other, under names of their own.
  mutating func split(_ name: String, into parts: [String]) {
    guard let whole = tensors[name], let rows = whole.shape.first, rows > 0, rows % parts.count == 0 else { return }
    tensors[name] = nil
    let height = rows / parts.count
    for (index, part) in parts.enumerated() { tensors[part] = whole.rows(index * height..<(index + 1) * height) }
  }

  /// Turns the matrices of these layers, so that rows times them are what the layers compute.
  mutating func transpose(where isTurned: (String) -> Bool) {
    for (name, tensor) in tensors where tensor.shape.count == 2 && isTurned(name) { tensors[name] = tensor.transposed }
  }
}

extension RecognizedNetwork {
  /// The network of a name, where there is one, or else the one that weights are of by their names and shapes.
  ///
  /// - Parameters:
  ///   - file: the weights.
  ///   - name: what somebody says they are of; also tells networks apart that share names and shapes.
  ///   - told: what a library says of the network beside its weights.
  /// - Throws: ``NetworkError``, where the weights are of another network or of none that is known.
  public init(of file: WeightFile, named name: String?, told: NetworkDescription) throws {
    self = try name.map { try Self.chosen(of: file, named: $0, told: told) } ?? RecognizedNetwork(of: file, told: told)
  }

  private static func chosen(
    of file: WeightFile, named name: String, told: NetworkDescription
  ) throws -> RecognizedNetwork {
    guard !NetworkDefinition.isVariant(name) else { return try RecognizedNetwork(of: file, told: told) }
    let named = try NetworkDefinition.named(name)
    if let part = parts(of: file).first(where: { named.fits($0.weights.shapes) }) {
      return RecognizedNetwork(definition: named, weights: part.weights, notes: file.notes + part.notes)
    }
    if let found = try? RecognizedNetwork(of: file, told: told), found.definition.name == named.name { return found }
    // The usual way says what does not fit.
    return RecognizedNetwork(definition: named, weights: file, notes: file.notes)
  }
}

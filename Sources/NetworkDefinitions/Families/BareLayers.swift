import GraphEngine
import Kernels

/// The layers without weights of a module that was saved whole, beside the network that its weights are of.
///
/// Which of them is called where stands in the code of its class, which no file holds. What can be told: each layer that is there is
/// computed by the network, and each function that the network computes in a block is among the block's layers.
struct BareLayers {
  private let layers: [SavedModule]
  private let bare: [SavedModule]
  private let nodes: [Node]
  /// Where layers with weights stand, by PyTorch's names and by ours.
  private let places: [(theirs: String, ours: String)]
  private let classifier: String
  /// Whether the whole is of a class that a library has, whose code is known.
  private let isOfLibrary: Bool

  init(of weights: WeightFile, in graph: Graph, classifier: String) {
    layers = weights.modules
    bare = layers.filter(\.isBare)
    nodes = graph.nodes
    places = weights.tensors.compactMap { name, tensor in
      tensor.layer.map { ($0.path, Self.parent(of: name)) }
    }.sorted { $0 < $1 }
    self.classifier = classifier
    isOfLibrary = layers.first?.isOfLibrary ?? false
  }

  private static func parent(of path: String) -> String {
    path.lastIndex(of: ".").map { String(path[..<$0]) } ?? ""
  }

  /// What is wrong, as words that follow "the file"; `nil` where nothing is.
  var contradiction: String? {
    pooledOtherwise ?? leftOut ?? unknown ?? windows(of: "AvgPool2d") ?? windows(of: "MaxPool2d") ?? behindClassifier
      ?? lackingFunction
  }

  private func title(_ layer: SavedModule) -> String { "a layer '\(elided(layer.path, to: 80))', \(layer.kind)" }

  // MARK: Layers that the network does not have

  /// Features that are pooled by something else than the mean, as timm's classes say it by a word.
  private var pooledOtherwise: String? {
    for layer in layers where layer.isOfLibrary {
      guard let way = layer.texts["pool_type"] ?? (layer.path.isEmpty ? layer.texts["global_pool"] : nil),
        !["avg", "fast", "fastavg", "token", "map"].contains(way)
      else { continue }
      return "says that features are pooled by '\(elided(way, to: 40))', where the network takes their mean"
    }
    return nil
  }

  /// A layer that was replaced by none.
  private var leftOut: String? {
    for layer in bare where layer.kind == "Identity" {
      let name = layer.path.split(separator: ".").last.map(String.init) ?? ""
      guard let block = ours(beneath: layer.parent) else { continue }
      let output = block.isEmpty ? name : "\(block).\(name)"
      guard let node = nodes.first(where: { $0.output == output }) else { continue }
      switch node.op {
      case is ElementwiseFunction, is GraphEngine.MaxPool, is GraphEngine.AveragePool, is GraphEngine.GlobalAveragePool:
        return "has \(title(layer)), where the network computes \(node.op.name)"
      default: continue
      }
    }
    return nil
  }

  /// A layer that the network does not compute anywhere, or whose class has its code in no file.
  private var unknown: String? {
    let computed = nodes.compactMap { ($0.op as? ElementwiseFunction)?.function }
    for layer in bare {
      if let isOwn = Self.function(of: layer) {
        if !computed.contains(where: isOwn) { return "has \(title(layer)), and the network computes none" }
      } else if layer.className.hasPrefix("torch.nn."), !Self.plain.contains(layer.kind), !layer.kind.hasSuffix("Loss")
      {
        return "has \(title(layer)), and the network computes none"
      } else if isOfLibrary, !layer.isOfLibrary {
        return
          "has a layer '\(elided(layer.path, to: 80))', '\(elided(layer.className, to: 80))', whose code no file holds"
      }
    }
    return nil
  }

  /// Windows of pooling that are not the network's, or of which there are fewer.
  private func windows(of kind: String) -> String? {
    let ours = nodes.compactMap { node -> (geometry: PoolingGeometry, ceil: Bool)? in
      switch node.op {
      case let pool as GraphEngine.MaxPool where kind == "MaxPool2d": (pool.geometry, pool.ceilMode)
      case let pool as GraphEngine.AveragePool where kind == "AvgPool2d": (pool.geometry, pool.ceilMode)
      default: nil
      }
    }
    let saved = bare.filter { $0.kind == kind }
    for layer in saved {
      func numbers(_ key: String, _ usual: [Int]) -> [Int] {
        let said = layer.numbers[key]?.map { Int($0) } ?? usual
        return said.count == 1 ? [said[0], said[0]] : said
      }
      guard layer.numbers["kernel_size"] != nil else { continue }
      let window = numbers("kernel_size", [1])
      let stride = numbers("stride", window), padding = numbers("padding", [0]), dilation = numbers("dilation", [1])
      let isOurs = ours.contains { geometry, ceil in
        geometry.kernel == window && geometry.strides == stride && geometry.dilations == dilation
          && (geometry.paddingBefore != geometry.paddingAfter || geometry.paddingBefore == padding)
          && layer.numbers["ceil_mode"].map { $0 == [ceil ? 1 : 0] } ?? true
      }
      guard isOurs else {
        return
          "has \(title(layer)) of \(spelled(window)), stride \(spelled(stride)) and padding \(spelled(padding)), and the "
          + "network computes none such"
      }
    }
    // Pooling of other classes may stand for some.
    guard isOfLibrary, saved.count != ours.count, !bare.contains(where: { $0.kind.hasPrefix(kind) && $0.kind != kind })
    else {
      return nil
    }
    return "has \(saved.count) layers \(kind), where the network computes \(ours.count)"
  }

  /// A function behind the classifier, in a row with it.
  private var behindClassifier: String? {
    guard let place = places.first(where: { $0.ours == classifier }),
      let last = nodes.lastIndex(where: { $0.output.hasPrefix(classifier) })
    else { return nil }
    let row = Self.parent(of: place.theirs)
    guard let number = place.theirs.split(separator: ".").last.flatMap({ Int($0) }),
      layers.contains(where: { $0.path == row && $0.kind == "Sequential" })
    else { return nil }
    let behind = nodes[last...].compactMap { ($0.op as? ElementwiseFunction)?.function }
    for layer in bare where layer.parent == row {
      guard let index = layer.path.split(separator: ".").last.flatMap({ Int($0) }), index > number else { continue }
      let isThere = Self.function(of: layer).map { behind.contains(where: $0) } ?? (layer.kind != "Softmax")
      if !isThere { return "has \(title(layer)), behind its classifier, where the network ends" }
    }
    return nil
  }

  // MARK: Functions that the module does not have

  /// A function that the network computes in a block, and that is not among the block's layers though others are.
  private var lackingFunction: String? {
    guard isOfLibrary else { return nil }
    var counts: [String: (ours: Int, saved: Int)] = [:]
    for node in nodes {
      // Sigmoids are part of other functions, too.
      guard let function = (node.op as? ElementwiseFunction)?.function, function != .sigmoid,
        Self.functions.values.contains(where: { $0(function) })
      else { continue }
      counts[node.op.name, default: (0, bare.count { Self.function(of: $0)?(function) ?? false })].ours += 1
      guard let block = theirs(beneath: Self.parent(of: node.output)) else { continue }
      let inside = bare.filter {
        Self.lies($0.path, beneath: block) && ($0.kind == "Identity" || Self.function(of: $0) != nil)
      }
      guard !inside.isEmpty, !inside.contains(where: { Self.function(of: $0)?(function) ?? false }) else { continue }
      return "has no \(node.op.name) in '\(elided(block, to: 80))', where the network computes one"
    }
    // A class of timm's has a layer for each use, or calls functions only.
    guard layers.first?.className.hasPrefix("timm.") ?? false else { return nil }
    for (name, count) in counts.sorted(by: { $0.key < $1.key }) where 0 < count.saved && count.saved < count.ours {
      return "has \(count.saved) layers that compute \(name), where the network has \(count.ours)"
    }
    return nil
  }

  /// Our path of what lies beneath one of theirs; `nil` where nothing with weights does.
  private func ours(beneath path: String) -> String? {
    Self.common(places.filter { Self.lies($0.theirs, beneath: path) }.map(\.ours))
  }

  /// Their path of what lies beneath one of ours.
  private func theirs(beneath path: String) -> String? {
    Self.common(places.filter { Self.lies($0.ours, beneath: path) }.map(\.theirs))
  }

  private static func lies(_ path: String, beneath other: String) -> Bool {
    other.isEmpty || path == other || path.hasPrefix(other + ".")
  }

  /// The path that all of several begin with.
  private static func common(_ paths: [String]) -> String? {
    guard var parts = paths.first?.split(separator: ".") else { return nil }
    for path in paths.dropFirst() {
      let others = path.split(separator: ".")
      parts = Array(zip(parts, others).prefix { $0 == $1 }.map(\.0))
    }
    return parts.joined(separator: ".")
  }

  // MARK: Classes

  /// Classes of PyTorch's that compute nothing at inference, or what is looked at elsewhere.
  private static let plain: Set<String> = [
    "Identity", "Flatten", "Unflatten", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout",
    "FeatureAlphaDropout", "Softmax", "Sequential", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict",
    "Module",
    "AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AvgPool2d", "MaxPool2d", "ZeroPad2d",
  ]

  private static func function(of layer: SavedModule) -> (@Sendable (UnaryFunction) -> Bool)? {
    guard layer.isOfLibrary else { return nil }
    if layer.kind == "GELU", let way = layer.texts["approximate"] {
      return functions[way == "tanh" ? "GELUTanh" : "exact GELU"]
    }
    return functions[layer.kind]
  }

  /// How the network computes the activation functions of the libraries.
  private static let functions: [String: @Sendable (UnaryFunction) -> Bool] = [
    "ReLU": { $0 == .relu },
    "ReLU6": { $0 == .clip(0, 6) },
    "LeakyReLU": { if case .leakyReLU = $0 { true } else { false } },
    "ELU": { if case .elu = $0 { true } else { false } },
    "SELU": { if case .selu = $0 { true } else { false } },
    "CELU": { if case .celu = $0 { true } else { false } },
    "GELU": { $0 == .gelu || $0 == .geluTanh }, "GELUActivation": { $0 == .gelu || $0 == .geluTanh },
    "exact GELU": { $0 == .gelu }, "GELUTanh": { $0 == .geluTanh }, "PytorchGELUTanh": { $0 == .geluTanh },
    "SiLU": { $0 == .silu }, "SiLUActivation": { $0 == .silu }, "Swish": { $0 == .silu },
    "Hardswish": { $0 == .hardSwish }, "HardSwish": { $0 == .hardSwish },
    "Sigmoid": { $0 == .sigmoid },
    "Hardsigmoid": { if case .hardSigmoid = $0 { true } else { false } },
    "HardSigmoid": { if case .hardSigmoid = $0 { true } else { false } },
    "Mish": { $0 == .mish }, "Softplus": { $0 == .softplus }, "Softsign": { $0 == .softsign }, "Tanh": { $0 == .tanh },
  ]
}

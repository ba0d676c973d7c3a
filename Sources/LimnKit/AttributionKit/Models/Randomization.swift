@_spi(Limn) import Tensors

/// Which layers of a network have their weights drawn anew.
///
/// Layers are written as for methods: by name, by a pattern that fits one, or counted, `conv[-1]`, among those that have
/// weights. Source: the cascading and the independent randomisation of Adebayo et al., "Sanity checks for saliency maps",
/// NeurIPS 2018, arXiv:1810.03292, section 3.1.
public enum Randomization: Hashable, Sendable {
  /// All layers.
  case all
  /// Those from the output down to this one, which is the last of them.
  case cascade(to: String)
  /// This one alone.
  case layer(String)

  /// The layers of `model` that this means, from the output to the input.
  ///
  /// - Throws: ``AttributionError/cannotRandomize`` where the model's adapter is not able to, or it has no weights;
  ///   ``AttributionError/noWeights(_:nearest:)``, ``AttributionError/ambiguousLayer(_:candidates:)``.
  public func layers(of model: any ModelAdapter) throws -> [Layer] {
    guard let layers = (model as? any RandomizableModel)?.weightedLayers, !layers.isEmpty else {
      throw AttributionError.cannotRandomize
    }
    switch self {
    case .all: return layers
    case .cascade(let name): return Array(layers[...(try Self.position(of: name, among: layers))])
    case .layer(let name): return [layers[try Self.position(of: name, among: layers)]]
    }
  }

  private static func position(of pattern: String, among layers: [Layer]) throws -> Int {
    // Counted from the input on, as all layers are.
    let named = layers.first { $0.name == pattern } ?? IndexedName(pattern)?.layer(in: layers.reversed())
    let matches = named.map { [$0] } ?? layers.filter { Glob(pattern).matches($0.name) }
    guard matches.count <= 1 else { throw AttributionError.ambiguousLayer(pattern, candidates: matches) }
    guard let match = matches.first, let position = layers.firstIndex(of: match) else {
      throw AttributionError.noWeights(pattern, nearest: nearest(to: pattern, among: layers, limit: 3) { $0.name })
    }
    return position
  }
}

extension Randomization: LosslessStringConvertible {
  public init(_ description: String) {
    let prefix = "cascade:"
    self =
      description == "all"
      ? .all
      : description.hasPrefix(prefix) ? .cascade(to: String(description.dropFirst(prefix.count))) : .layer(description)
  }

  public var description: String {
    switch self {
    case .all: "all"
    case .cascade(let name): "cascade:\(name)"
    case .layer(let name): name
    }
  }

  /// The values as a parameter's description lists them.
  public static let expected = "all, a layer that has weights, or cascade:LAYER for those from the output down to it"
}

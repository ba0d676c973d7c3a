import ArgumentParser
import AttributionKit
import Explaining

/// Whose departures from the papers are followed.
struct CompatibilityOption: ParsableArguments {
  @Option(
    name: .customLong("compat"),
    help: ArgumentHelp(
      "The library whose departures from the papers methods and metrics follow, for figures made with it.",
      discussion: "Documentation/Compatibility.md says what each does.",
      valueName: PeerLibrary.allCases.map(\.rawValue).joined(separator: "|")))
  var library: PeerLibrary?

  /// The catalogue, its methods set so.
  func applied(to catalogue: Catalogue) -> Catalogue {
    var catalogue = catalogue
    catalogue.compatibility = library
    return catalogue
  }
}

/// By which methods, the standard ones for the network unless named.
struct MethodsOptions: ParsableArguments {
  @Option(
    name: [.customLong("methods"), .customLong("method")],
    help: ArgumentHelp(
      "The methods, separated by commas: 'cam,grad-cam(layer=conv5),smooth(grad-cam) * gradient'.",
      discussion: """
        Without it, eight that differ and suit the network. 'all' are those that apply to it, the cheapest first, \
        'fast' those of them without passes of their own; 'cams', 'gradients', 'propagation', 'perturbation', \
        'transformers' and 'controls' name families. 'limn methods' lists them with their costs, and the ways to combine \
        them.
        """, valueName: "list"))
  var methods: String?

  @OptionGroup var layer: LayerOption

  /// The methods.
  ///
  /// - Parameters:
  ///   - catalogue: What can be named.
  ///   - layer: That of methods which were given none, a manifest's word included.
  ///   - model: The network, which decides what a set of methods holds, once it is open.
  /// - Returns: The methods, in the order written.
  /// - Throws: An error that points at what cannot be read.
  func expressions(
    from catalogue: Catalogue, layer: String?, on model: (any ModelAdapter)? = nil
  ) throws -> [MethodExpression] {
    let named = methods.map { catalogue.set(named: $0.trimmed.lowercased()) == nil } ?? false
    let all = try (named ? catalogue.withAliases() : catalogue).expressions(methods, layer: layer, on: model)
    let once = all.reduce(into: [MethodExpression]()) { once, next in
      if !once.contains(where: { $0.identifier == next.identifier }) { once.append(next) }
    }
    if model != nil, once.count < all.count {
      Console.note("what --methods names more than once is drawn once: \(once.count) of \(all.count)")
    }
    return once
  }
}

/// By which method.
struct MethodOption: ParsableArguments {
  @Option(
    name: [.customLong("method"), .customLong("methods")],
    help: ArgumentHelp(
      "The method: 'grad-cam(layer=conv5)', 'smooth(grad-cam) * gradient'.",
      discussion: "Without it, grad-cam; generic-attention on a transformer whose classes are --classes.",
      valueName: "method"))
  var method: String?

  @OptionGroup var layer: LayerOption

  /// The method, a manifest's word on layers included.
  ///
  /// - Parameters:
  ///   - catalogue: what can be named.
  ///   - layer: that of methods which were given none.
  ///   - usual: the method where none is named.
  /// - Returns: The one method.
  /// - Throws: An error that points at what cannot be read, or says that there are several.
  func expression(
    from catalogue: Catalogue, layer: String?, usual: String = Explainer.usualMethod
  ) throws -> MethodExpression {
    let method = method ?? usual
    let list = try catalogue.withAliases().expressions(method, layer: layer)
    guard list.count == 1 else {
      throw Failure.usage("'explain' draws one method's map; 'limn compare --methods \(method)' shows several")
    }
    return list[0]
  }
}

/// On which layer the methods work that work on one.
struct LayerOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The layer to explain, for methods that were given none: a name, 'features*' or 'conv[-1]'.",
      discussion: "Without it, the deepest activation with a spatial extent; 'limn layers' lists them.",
      valueName: "layer"))
  var layer: String?
}

/// Whether methods are shown on networks that know nothing, too.
struct RandomizationOptions: ParsableArguments {
  @Option(
    name: .customLong("randomize"),
    help: ArgumentHelp(
      """
      Draws weights anew, as a control: 'all', those of one LAYER, 'cascade:LAYER' for those from the output down to \
      it, or 'cascade' for four such steps.
      """,
      discussion: "'compare' shows each method on the network itself first. May be given several times there.",
      valueName: "layers"))
  var randomized: [String] = []

  @Option(
    name: .customLong("randomize-seed"),
    help: ArgumentHelp("The number that decides the weights of --randomize.", valueName: "number"))
  var seed: UInt64 = 0

  /// Methods, each followed by itself on the networks asked for.
  func controlled(_ methods: [MethodExpression], _ explainer: Explainer) throws -> [MethodExpression] {
    try explainer.controlled(methods, by: randomized.map { RandomizedWeights($0) }, seed: seed)
  }

  /// The one method, on the one network asked for, if one is.
  func alone(_ method: MethodExpression) throws -> MethodExpression {
    guard let text = randomized.first else { return method }
    guard randomized.count == 1, case .of(let layers) = RandomizedWeights(text) else {
      throw Failure.usage(
        "'explain' draws one map on one network: say which layers, --randomize cascade:LAYER; `limn compare --randomize "
          + "\(text)` shows several")
    }
    return try method.randomized(layers, seed: seed)
  }
}

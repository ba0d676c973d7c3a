import ArgumentParser
import AttributionKit
import Explaining

/// By which methods, the quick ones of the catalogue unless named.
struct MethodsOptions: ParsableArguments {
  @Option(
    name: [.customLong("methods"), .customLong("method")],
    help: ArgumentHelp(
      "The methods, separated by commas: 'cam,grad-cam(layer=conv5),smooth(grad-cam) * gradient'.",
      discussion: """
        Without it, every method that needs only the passes all share; 'all' adds those with passes of their own, and \
        those that follow attention. 'limn methods' lists them with their costs, and the ways to combine them.
        """, valueName: "list"))
  var methods: String?

  @OptionGroup var layer: LayerOption

  /// The methods; `layer` is that of methods which were given none, a manifest's word included.
  func expressions(from catalogue: Catalogue, layer: String?) throws -> [MethodExpression] {
    let named = methods.map { $0.trimmed.lowercased() != "all" } ?? false
    return try (named ? catalogue.withAliases() : catalogue).expressions(methods, layer: layer)
  }
}

/// By which method.
struct MethodOption: ParsableArguments {
  @Option(
    name: [.customLong("method"), .customLong("methods")],
    help: ArgumentHelp("The method: 'grad-cam(layer=conv5)', 'smooth(grad-cam) * gradient'.", valueName: "method"))
  var method = "grad-cam"

  @OptionGroup var layer: LayerOption

  /// The method; `layer` is that of methods which were given none, a manifest's word included.
  func expression(from catalogue: Catalogue, layer: String?) throws -> MethodExpression {
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

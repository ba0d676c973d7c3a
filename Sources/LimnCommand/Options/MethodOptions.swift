import ArgumentParser
import AttributionKit

/// By which methods, the quick ones of the catalogue unless named.
struct MethodsOptions: ParsableArguments {
  @Option(
    name: [.customLong("methods"), .customLong("method")],
    help: ArgumentHelp(
      "The methods, separated by commas: 'cam,grad-cam(layer=conv5),smooth(grad-cam) * gradient'.",
      discussion: """
        Without it, every method that needs only the passes all share; 'all' adds those with passes of their own. \
        'limn methods' lists them with their costs, and the ways to combine them.
        """, valueName: "list"))
  var methods: String?

  @OptionGroup var layer: LayerOption

  func expressions() throws -> [MethodExpression] {
    guard let methods else { return try expressions(of: Catalogue.current.quick) }
    if methods.trimmed.lowercased() == "all" { return try expressions(of: Catalogue.current.methods) }
    return try MethodExpression.list(
      parsing: methods, among: Catalogue.current.vocabulary(), settings: layer.settings)
  }

  private func expressions(of methods: [MethodDescriptor]) throws -> [MethodExpression] {
    try methods.map { try MethodExpression($0, layer.settings(for: $0)) }
  }
}

/// By which method.
struct MethodOption: ParsableArguments {
  @Option(
    name: [.customLong("method"), .customLong("methods")],
    help: ArgumentHelp("The method: 'grad-cam(layer=conv5)', 'smooth(grad-cam) * gradient'.", valueName: "method"))
  var method = "grad-cam"

  @OptionGroup var layer: LayerOption

  func expression() throws -> MethodExpression {
    let list = try MethodExpression.list(
      parsing: method, among: Catalogue.current.vocabulary(), settings: layer.settings)
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

  init() {}

  init(layer: String?) { self.layer = layer }

  var settings: [String: String] { layer.map { ["layer": $0] } ?? [:] }

  func settings(for method: MethodDescriptor) -> [String: String] {
    method.parameters.contains { $0.name == "layer" } ? settings : [:]
  }

  /// The layer chosen, `nil` where the network has none with a spatial extent and none was asked for.
  func resolve(in model: some ModelAdapter) throws -> Layer? {
    guard let layer else { return model.automaticLayer?.layer }
    return try TargetLayer(layer).resolve(in: model)
  }
}

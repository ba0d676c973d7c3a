import ArgumentParser
import AttributionKit
import Explaining

/// `limn methods`: what can be asked for.
struct MethodsCommand: LoadsPlugins {
  static let configuration = CommandConfiguration(
    commandName: "methods",
    abstract: "List the attribution methods and the ways to combine them, or tell all about one.",
    discussion: """
      Examples:
        limn methods grad-cam
        limn methods smooth
        limn methods 'smooth(grad-cam) * gradient'
        limn methods --model net.onnx

      With a network, passes are counted for it, and what it lacks for a method is told.
      """)

  @Argument(help: ArgumentHelp("The method, combination, alias or expression to tell about.", valueName: "name"))
  var name: String?

  @OptionGroup(title: "Network") var model: ModelOptions
  @OptionGroup(title: "Network") var plugins: PluginOptions
  @OptionGroup(title: "Preprocessing") var preprocessing: PreprocessingOptions

  @Flag(help: "Print JSON.")
  var json = false

  func run(with catalogue: Catalogue) throws {
    let vocabulary = try catalogue.withAliases().vocabulary
    let network = try network(in: catalogue)
    guard let name else { return try list(vocabulary, on: network) }
    let word = name.trimmed.lowercased()
    if let combination = vocabulary.described.first(where: { $0.identifier == word }) {
      return json ? try JSONOutput.show(MethodReport(combination)) : MethodDescription.show(combination)
    }
    let expression = try MethodExpression(parsing: name, among: vocabulary)
    let alias = vocabulary.aliases[word] == nil ? nil : word
    let isMethod = alias == nil && expression.names == expression.descriptors.map(\.identifier)
    if json {
      if let alias { return try JSONOutput.show(MethodReport(alias: alias, among: vocabulary, on: network)) }
      return try JSONOutput.show(
        isMethod && expression.descriptors.count == 1
          ? MethodReport(expression.descriptors[0], as: expression, on: network)
          : MethodReport(expression, on: network))
    }
    try MethodDescription.show(expression, on: network)
  }

  /// The network that was named, if one was.
  private func network(in catalogue: Catalogue) throws -> (any ModelAdapter)? {
    guard !model.isDemo else { return nil }
    let file = try model.file(preprocessing.recipe)
    for named in model.files(with: file) { try named.check() }
    return try model.open(file, in: catalogue).model
  }

  private func list(_ vocabulary: MethodVocabulary, on network: (any ModelAdapter)?) throws {
    let aliases = vocabulary.aliases.keys.sorted().map { MethodReport(alias: $0, among: vocabulary, on: network) }
    let expressions = try vocabulary.methods.map { (method: $0, expression: try MethodExpression($0)) }
    if json {
      return try JSONOutput.show(
        expressions.map { MethodReport($0.method, as: $0.expression, on: network) }
          + vocabulary.described.map { MethodReport($0) } + aliases)
    }
    var table = Table(["Method", "Title", network == nil ? "What it shows" : "On this network", "Passes of its own"])
    var family: MethodFamily?
    for (method, expression) in expressions {
      if method.family != family { table.append(section: method.family.title) }
      family = method.family
      let unmet = network.flatMap { expression.unmetNeeds(by: $0).first }
      table.append([
        method.identifier, method.title,
        network == nil ? method.summary : unmet.map { "no: \($0.reason)" } ?? "yes",
        expression.cost(on: network).description,
      ])
    }
    table.show()

    var combinations = Table(["Ways to combine them", "What comes of it"])
    for combination in vocabulary.described { combinations.append([combination.usage, combination.summary]) }
    Console.say("")
    combinations.show()

    guard !aliases.isEmpty else { return }
    var named = Table(["Alias", "Stands for"])
    for alias in aliases { named.append([alias.identifier, alias.expression ?? ""]) }
    Console.say("")
    named.show()
    for alias in aliases { alias.problem.map(Console.note) }
  }
}

extension MethodVocabulary {
  /// The combinations as people are told of them: the product first, which needs no name.
  fileprivate var described: [CombinationDescriptor] { [.product] + combinations }
}

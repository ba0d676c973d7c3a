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
      """)

  @Argument(help: ArgumentHelp("The method, combination, alias or expression to tell about.", valueName: "name"))
  var name: String?

  @OptionGroup var plugins: PluginOptions

  @Flag(help: "Print JSON.")
  var json = false

  func run(with catalogue: Catalogue) throws {
    let vocabulary = try catalogue.withAliases().vocabulary
    guard let name else { return try list(vocabulary) }
    let word = name.trimmed.lowercased()
    if let combination = vocabulary.described.first(where: { $0.identifier == word }) {
      return json ? try JSONOutput.show(MethodReport(combination)) : MethodDescription.show(combination)
    }
    let expression = try MethodExpression(parsing: name, among: vocabulary)
    let alias = vocabulary.aliases[word] == nil ? nil : word
    let isMethod = alias == nil && expression.names == expression.descriptors.map(\.identifier)
    if json {
      if let alias { return try JSONOutput.show(MethodReport(alias: alias, among: vocabulary)) }
      return try JSONOutput.show(
        isMethod && expression.descriptors.count == 1
          ? MethodReport(expression.descriptors[0]) : MethodReport(expression))
    }
    MethodDescription.show(expression)
  }

  private func list(_ vocabulary: MethodVocabulary) throws {
    let aliases = vocabulary.aliases.keys.sorted().map { MethodReport(alias: $0, among: vocabulary) }
    if json {
      return try JSONOutput.show(
        vocabulary.methods.map(MethodReport.init) + vocabulary.described.map(MethodReport.init) + aliases)
    }
    var table = Table(["Method", "Title", "What it shows", "Passes of its own"])
    for method in vocabulary.methods {
      table.append([method.identifier, method.title, method.summary, method.cost().description])
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

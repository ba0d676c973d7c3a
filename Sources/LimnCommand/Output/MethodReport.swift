import AttributionKit

/// A method, a combination or an alias as `limn methods --json` prints it; fields that do not apply are left out.
struct MethodReport: Encodable {
  let kind: Kind
  let identifier: String
  let title: String
  /// The word for all methods of a method's family.
  var family: String?
  var summary: String?
  var citation: String?
  /// How a combination is written.
  var usage: String?
  /// What an alias stands for.
  var expression: String?
  /// Why an alias cannot be used.
  var problem: String?
  var needs: [String]?
  /// The needs that the network asked about does not meet, with the reasons; left out without a network.
  var unmet: [Unmet]?
  /// The passes of its own, in words.
  var cost: String?
  /// The same in numbers, where all of them are known.
  var passes: Passes?
  var parameters: [Parameter]?

  enum Kind: String, Encodable { case method, combination, alias, expression }

  struct Parameter: Encodable {
    let name: String
    let defaultValue: String
    let expected: String
    let help: String

    init(_ parameter: ParameterDescription) {
      (name, defaultValue) = (parameter.name, parameter.defaultValue)
      (expected, help) = (parameter.expected, parameter.help)
    }
  }
}

extension MethodReport {
  struct Unmet: Encodable {
    let need: String
    let reason: String
  }

  struct Passes: Encodable {
    let forward: Int
    let backward: Int
    /// Of the network after a layer.
    let resumed: Int
  }

  /// A method with its defaults, or with the parameters that an expression of it alone sets.
  init(_ method: MethodDescriptor, as expression: MethodExpression, on network: (any ModelAdapter)? = nil) {
    self.init(
      kind: .method, identifier: method.identifier, title: method.title, family: method.family.identifier,
      summary: method.summary, citation: method.citation, parameters: method.parameters.map(Parameter.init))
    tell(expression, on: network)
  }

  private mutating func tell(_ expression: MethodExpression, on network: (any ModelAdapter)?) {
    let cost = expression.cost(on: network)
    needs = expression.needs.map(\.words)
    unmet = network.map { expression.unmetNeeds(by: $0).map { Unmet(need: $0.need.words, reason: $0.reason) } }
    self.cost = cost.description
    passes = cost.isKnown ? Passes(forward: cost.forward, backward: cost.backward, resumed: cost.resumed) : nil
  }

  init(_ combination: CombinationDescriptor) {
    self.init(
      kind: .combination, identifier: combination.identifier, title: combination.title, summary: combination.summary,
      citation: combination.citation, usage: combination.usage, cost: combination.costInWords,
      parameters: combination.parameters.map(Parameter.init))
  }

  init(_ expression: MethodExpression, on network: (any ModelAdapter)? = nil) {
    self.init(kind: .expression, identifier: expression.identifier, title: expression.title)
    tell(expression, on: network)
  }

  init(alias name: String, among vocabulary: MethodVocabulary, on network: (any ModelAdapter)? = nil) {
    self.init(kind: .alias, identifier: name, title: name, expression: vocabulary.aliases[name])
    do {
      tell(try MethodExpression(parsing: name, among: vocabulary), on: network)
    } catch { problem = ExitStatus.sentence(on: error) }
  }
}

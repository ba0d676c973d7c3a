import AttributionKit

/// A method, a combination or an alias as `limn methods --json` prints it; fields that do not apply are left out.
struct MethodReport: Encodable {
  let kind: Kind
  let identifier: String
  let title: String
  var summary: String?
  var citation: String?
  /// How a combination is written.
  var usage: String?
  /// What an alias stands for.
  var expression: String?
  /// Why an alias cannot be used.
  var problem: String?
  var needs: [String]?
  var cost: String?
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
  init(_ method: MethodDescriptor) {
    self.init(
      kind: .method, identifier: method.identifier, title: method.title, summary: method.summary,
      citation: method.citation, needs: method.needs.map(\.words), cost: method.cost().description,
      parameters: method.parameters.map(Parameter.init))
  }

  init(_ combination: CombinationDescriptor) {
    self.init(
      kind: .combination, identifier: combination.identifier, title: combination.title, summary: combination.summary,
      citation: combination.citation, usage: combination.usage, cost: combination.costInWords,
      parameters: combination.parameters.map(Parameter.init))
  }

  init(_ expression: MethodExpression) {
    self.init(
      kind: .expression, identifier: expression.identifier, title: expression.title,
      needs: expression.needs.map(\.words),
      cost: expression.cost().description)
  }

  init(alias name: String, among vocabulary: MethodVocabulary) {
    self.init(kind: .alias, identifier: name, title: name, expression: vocabulary.aliases[name])
    do {
      let expression = try MethodExpression(parsing: name, among: vocabulary)
      (needs, cost) = (expression.needs.map(\.words), expression.cost().description)
    } catch { problem = ExitStatus.sentence(on: error) }
  }
}

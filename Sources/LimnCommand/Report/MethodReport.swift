import AttributionKit

/// A method as `limn methods --json` prints it.
struct MethodReport: Encodable {
  let identifier: String
  let title: String
  let summary: String
  let citation: String
  let needs: [String]
  let cost: String
  let parameters: [Parameter]

  struct Parameter: Encodable {
    let name: String
    let defaultValue: String
    let expected: String
    let help: String
  }

  init(_ method: MethodDescriptor) {
    identifier = method.identifier
    title = method.title
    summary = method.summary
    citation = method.citation
    needs = method.needs.names
    cost = method.cost.words
    parameters = method.parameters.map {
      Parameter(name: $0.name, defaultValue: $0.defaultValue, expected: $0.expected, help: $0.help)
    }
  }
}

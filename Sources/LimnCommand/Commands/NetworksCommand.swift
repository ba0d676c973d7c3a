import ArgumentParser
import Explaining
import NetworkDefinitions

/// `limn networks`: what `--network` takes.
struct NetworksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "networks", abstract: "List the networks that need only their weights, not a model file.")

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let reports = try NetworkDefinition.builtIn.map(NetworkReport.init)
    if json { return try JSONOutput.show(reports) }
    var table = Table(["Network", "Parameters", "Input", "Source"], numbers: [1])
    for report in reports {
      table.append([report.name, "\(report.parameters)", Wording.extent(report.input), report.source])
    }
    table.show()
  }
}

/// A definition, as `limn networks --json` prints it.
private struct NetworkReport: Encodable {
  let name: String
  /// How many, for the number of classes in the paper.
  let parameters: Int
  let classes: Int
  /// The channels, height and width of an image where no other size is asked for.
  let input: [Int]
  let source: String

  init(_ definition: NetworkDefinition) throws {
    name = definition.name
    classes = definition.usualClasses
    parameters = try definition.parameterCount(classes: classes)
    input = definition.input
    source = definition.source
  }
}

import ArgumentParser
import AttributionKit

/// `limn methods`: what can be asked for.
struct MethodsCommand: ParsableCommand, UsesPlugins {
  static let configuration = CommandConfiguration(
    commandName: "methods", abstract: "List the attribution methods, or tell all about one.")

  @Argument(help: ArgumentHelp("The method to tell about.", valueName: "name"))
  var name: String?

  @OptionGroup var plugins: PluginOptions

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    guard let name else { return try list(Catalogue.current.methods) }
    let expression = try MethodExpression(parsing: name, among: Catalogue.current.methods)
    if json { return try JSONOutput.show(MethodReport(expression.descriptors[0])) }
    for (position, descriptor) in expression.descriptors.enumerated() {
      if position > 0 { Console.say("") }
      describe(descriptor)
    }
  }

  private func list(_ methods: [MethodDescriptor]) throws {
    if json { return try JSONOutput.show(methods.map(MethodReport.init)) }
    var table = Table(["Method", "Title", "What it shows", "Passes of its own"])
    for method in methods {
      table.append([method.identifier, method.title, method.summary, method.cost.words])
    }
    table.show()
  }

  private func describe(_ method: MethodDescriptor) {
    Console.say(Console.heading("\(method.title) (\(method.identifier))"))
    Console.say(method.summary)
    Console.say("Source: \(method.citation)")
    Console.say("Needs: \(method.needs.names.isEmpty ? "nothing" : method.needs.names.joined(separator: ", "))")
    Console.say("Passes of its own: \(method.cost.words)")
    guard !method.parameters.isEmpty else { return Console.say("Parameters: none") }
    var table = Table(["Parameter", "Default", "Takes", "Meaning"])
    for parameter in method.parameters {
      table.append([parameter.name, parameter.defaultValue, parameter.expected, parameter.help])
    }
    Console.say("")
    table.show()
  }
}

extension Needs {
  /// What the method asks of a network, in words.
  var names: [String] {
    let words: [(need: Needs, name: String)] = [
      (.gradients, "gradients"), (.spatialLayer, "a spatial layer"), (.pooledLinearHead, "a pooled linear head"),
    ]
    return words.filter { contains($0.need) }.map(\.name)
  }
}

extension Cost {
  /// The passes that the method shares with no other, in words.
  var words: String {
    switch self {
    case .shared: "none"
    case .own(let passes): passes
    }
  }
}

import AttributionKit

/// All about a method, a combination, or an expression of several.
enum MethodDescription {
  /// A method with its defaults, or with the parameters that an expression of it alone sets.
  static func show(
    _ method: MethodDescriptor, as expression: MethodExpression, on network: (any ModelAdapter)? = nil
  ) {
    Console.say(heading: "\(method.title) (\(method.identifier))")
    Console.say(method.summary)
    Console.say("Source: \(method.citation)")
    showDemands(of: expression, on: network)
    show(method.parameters)
  }

  static func show(_ combination: CombinationDescriptor) {
    Console.say(heading: "\(combination.title) (\(combination.identifier))")
    Console.say(combination.summary)
    Console.say("Written: \(combination.usage)")
    Console.say("Source: \(combination.citation)")
    Console.say("Passes of its own: \(combination.costInWords)")
    show(combination.parameters)
  }

  /// The whole, where there is more to it than one method, then each method in it.
  static func show(_ expression: MethodExpression, on network: (any ModelAdapter)? = nil) throws {
    if expression.names == [expression.descriptors[0].identifier] {
      return show(expression.descriptors[0], as: expression, on: network)
    }
    Console.say(heading: expression.title)
    Console.say("Written: \(expression.identifier)")
    showDemands(of: expression, on: network)
    var told: Set<String> = []
    for method in expression.descriptors where told.insert(method.identifier).inserted {
      Console.say("")
      show(method, as: try MethodExpression(method), on: network)
    }
  }

  /// What an expression needs and costs; on a network, which needs it does not meet.
  private static func showDemands(of expression: MethodExpression, on network: (any ModelAdapter)?) {
    let needs = expression.needs
    Console.say("Needs: \(needs.isEmpty ? "nothing" : needs.map(\.words).joined(separator: ", "))")
    for unmet in network.map(expression.unmetNeeds) ?? [] { Console.say("Not met: \(unmet.need): \(unmet.reason)") }
    Console.say("Passes of its own: \(expression.cost(on: network))")
  }

  private static func show(_ parameters: [ParameterDescription]) {
    guard !parameters.isEmpty else { return Console.say("Parameters: none") }
    var table = Table(["Parameter", "Default", "Takes", "Meaning"])
    for parameter in parameters {
      table.append([parameter.name, parameter.defaultValue, parameter.expected, parameter.help])
    }
    Console.say("")
    table.show()
  }
}

extension CombinationDescriptor {
  /// The passes that it adds to those of its methods, in words.
  var costInWords: String {
    cost.isShared ? "those of its methods" : "by default \(cost), with those of its method each time"
  }
}

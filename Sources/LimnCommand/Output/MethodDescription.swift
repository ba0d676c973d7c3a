import AttributionKit

/// All about a method, a combination, or an expression of several.
enum MethodDescription {
  static func show(_ method: MethodDescriptor) {
    Console.say(Console.heading("\(method.title) (\(method.identifier))"))
    Console.say(method.summary)
    Console.say("Source: \(method.citation)")
    show(method.needs, method.cost())
    show(method.parameters)
  }

  static func show(_ combination: CombinationDescriptor) {
    Console.say(Console.heading("\(combination.title) (\(combination.identifier))"))
    Console.say(combination.summary)
    Console.say("Written: \(combination.usage)")
    Console.say("Source: \(combination.citation)")
    Console.say("Passes of its own: \(combination.costInWords)")
    show(combination.parameters)
  }

  /// The whole, where there is more to it than one method, then each method in it.
  static func show(_ expression: MethodExpression) {
    let isWhole = expression.names == [expression.descriptors[0].identifier]
    if !isWhole {
      Console.say(Console.heading(expression.title))
      Console.say("Written: \(expression.identifier)")
      show(expression.needs, expression.cost())
    }
    var told: Set<String> = []
    for method in expression.descriptors where told.insert(method.identifier).inserted {
      if !isWhole { Console.say("") }
      show(method)
    }
  }

  private static func show(_ needs: [Need], _ cost: Cost) {
    Console.say("Needs: \(needs.isEmpty ? "nothing" : needs.map(\.words).joined(separator: ", "))")
    Console.say("Passes of its own: \(cost)")
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

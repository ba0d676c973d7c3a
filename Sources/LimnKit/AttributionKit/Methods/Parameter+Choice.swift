extension Parameter {
  /// A parameter that takes one of `choices` by its description.
  public init<Choice: CustomStringConvertible & Sendable>(
    _ name: String, _ setting: any WritableKeyPath<Method, Choice> & Sendable, help: String, among choices: [Choice]
  ) {
    self.name = name
    assign = { method, text in
      guard let choice = choices.first(where: { $0.description == text }) else { return false }
      method[keyPath: setting] = choice
      return true
    }
    let expected = choices.map(\.description).joined(separator: " or ")
    description = {
      ParameterDescription(
        name: name, defaultValue: $0[keyPath: setting].description, help: help, expected: expected)
    }
  }
}

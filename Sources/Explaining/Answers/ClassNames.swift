/// What people call a network's answers.
public struct ClassNames: Hashable, Sendable {
  /// One for each class; of a single logit, the positive side's name or those of the negative and the positive side.
  public let labels: Labels?
  /// How many logits the network has.
  public let count: Int
  /// Whether they are no scores of classes but numbers, as a regression's.
  public let areNumbers: Bool

  /// The names of `count` logits or numbers, of which nobody may have given any.
  public init(labels: Labels?, count: Int, areNumbers: Bool = false) {
    self.labels = labels
    self.count = count
    self.areNumbers = areNumbers
  }

  /// Whether a single logit answers a question with yes or no.
  public var isBinary: Bool { count == 1 && !areNumbers }

  /// All answers, in the order of the network's outputs.
  public var choices: [Choice] { isBinary ? [.positive, .negative] : (0..<count).map { Choice(index: $0) } }

  /// The name of a choice where somebody gave one.
  public func label(of choice: Choice) -> String? {
    guard let names = labels?.names else { return nil }
    guard isBinary else { return (choice.isNegative ? "−" : "") + names[choice.index] }
    if names.count == 2 { return names[choice.isNegative ? 0 : 1] }
    return choice.isNegative ? "not \(names[0])" : names[0]
  }

  /// `positive` or `negative` where there is a single logit.
  public func side(of choice: Choice) -> String? { isBinary ? (choice.isNegative ? "negative" : "positive") : nil }

  /// The name of a choice; `class 7`, `number 7` or its side where nobody gave one.
  public func name(of choice: Choice) -> String {
    label(of: choice) ?? side(of: choice)
      ?? (areNumbers ? (choice.isNegative ? "−" : "") + "number \(choice.index)" : "class \(choice.index)")
  }

  /// The choice that `=text` names, or whose line in the file of names `text` is; `nil` where it is neither.
  private func exactly(named text: String) throws(ExplainingError) -> Choice? {
    if text.hasPrefix("=") {
      let name = text.dropFirst().trimmed
      guard let choice = choices.first(where: { self.name(of: $0) == name }) else {
        throw .data("no class is called exactly '\(name)'", about: .labels)
      }
      return choice
    }
    guard let lines = labels?.lines, lines.count == count, Int(text) == nil else { return nil }
    return lines.firstIndex(of: text).map { choices[$0] }
  }

  /// The choice that a text means: a number, a side, a name or the only part of one.
  ///
  /// - Throws: ``ExplainingError`` where it means none, or could mean several.
  public func choice(named text: String) throws(ExplainingError) -> Choice {
    if let side = choices.first(where: { side(of: $0) == text.lowercased() }) { return side }
    if let named = try exactly(named: text) { return named }
    if areNumbers, let sign = text.first, "-−".contains(sign), text.count > 1 {
      return Choice(index: try choice(named: String(text.dropFirst()).trimmed).index, isNegative: true)
    }
    if let number = Int(text) {
      guard (0..<count).contains(number) else {
        throw .data(
          isBinary
            ? "there is no class \(number): the network has one logit, whose sides are 'positive' and 'negative'"
            : areNumbers
              ? "there is no number \(number): the network has \(count), counted from 0"
              : "there is no class \(number): the network has \(count), numbered from 0 to \(count - 1)")
      }
      return Choice(index: number)
    }
    guard labels != nil else {
      throw .data(
        isBinary
          ? "'\(text)' is no side of the network's only logit: give 'positive' or 'negative', or the sides' names"
          : "'\(text)' cannot be looked up without names: give the classes' names, or the class's number",
        about: .labels)
    }
    return choices[try Labels(choices.map(name)).index(of: text)]
  }
}

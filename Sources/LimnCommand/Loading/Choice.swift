import Foundation

/// What a network may answer: one of its classes, or one of the two sides of its only logit.
struct Choice: Hashable {
  let index: Int
  /// Whether it is the side that the logit speaks against.
  var isNegative = false

  static let positive = Choice(index: 0)
  static let negative = Choice(index: 0, isNegative: true)
}

/// What people call a network's answers.
struct ClassNames {
  /// One for each class; of a single logit, the positive side's name or those of the negative and the positive side.
  let labels: Labels?
  let count: Int

  /// Whether a single logit answers a question with yes or no.
  var isBinary: Bool { count == 1 }

  /// All answers, in the order of the network's outputs.
  var choices: [Choice] { isBinary ? [.positive, .negative] : (0..<count).map { Choice(index: $0) } }

  /// The name of a choice where somebody gave one.
  func label(of choice: Choice) -> String? {
    guard let names = labels?.names else { return nil }
    guard isBinary else { return names[choice.index] }
    if names.count == 2 { return names[choice.isNegative ? 0 : 1] }
    return choice.isNegative ? "not \(names[0])" : names[0]
  }

  /// `positive` or `negative` where there is a single logit.
  func side(of choice: Choice) -> String? { isBinary ? (choice.isNegative ? "negative" : "positive") : nil }

  /// The name of a choice; `class 7` or its side where nobody gave one.
  func name(of choice: Choice) -> String { label(of: choice) ?? side(of: choice) ?? "class \(choice.index)" }

  /// The choice that a text means: a number, a side, a name or the only part of one.
  func choice(named text: String) throws -> Choice {
    if let side = choices.first(where: { side(of: $0) == text.lowercased() }) { return side }
    if let number = Int(text) {
      guard (0..<count).contains(number) else {
        throw Failure.badData(
          isBinary
            ? "there is no class \(number): the network has one logit, whose sides are 'positive' and 'negative'"
            : "there is no class \(number): the network has \(count), numbered from 0 to \(count - 1)")
      }
      return Choice(index: number)
    }
    guard labels != nil else {
      throw Failure.badData(
        isBinary
          ? "'\(text)' is no side of the network's only logit: give 'positive' or 'negative', or names with --labels"
          : "'\(text)' cannot be looked up without names: give --labels FILE, or the class's number")
    }
    return choices[try Labels(choices.map(name)).index(of: text)]
  }
}

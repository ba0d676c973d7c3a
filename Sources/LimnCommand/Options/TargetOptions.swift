import ArgumentParser

/// What is to be explained.
struct TargetOptions: ParsableArguments {
  @Option(
    name: [.short, .customLong("target")],
    help: ArgumentHelp(
      "What to explain: a class by number, by name or by the only part of one; 'prediction', 'top:3', or 'A - B'.",
      discussion: "May be given several times. Without it, the prediction.", valueName: "class"))
  var targets: [String] = []

  @Option(
    name: .customLong("score"),
    help: "What the score of a class is: its logit, or its probability; the logit without it.")
  var scoreKind: ScoreKind?

  var score: ScoreKind { scoreKind ?? .logit }

  init() {}

  init(targets: [String], score: ScoreKind?) {
    self.targets = targets
    scoreKind = score
  }

  /// The expressions, read but not yet looked up.
  func expressions() throws -> [TargetExpression] {
    try targets.isEmpty ? [.top(1)] : targets.map { try TargetExpression($0) }
  }
}

/// What is differentiated.
enum ScoreKind: String, ExpressibleByArgument, CaseIterable, Codable {
  case logit
  case probability
}

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

  @OptionGroup var region: RegionOption

  @Option(
    help: ArgumentHelp(
      "What to explain of a network that makes embeddings: why the image is like this one, by the cosine.",
      valueName: "image"), completion: .file())
  var similarTo: String?

  var score: ScoreKind { scoreKind ?? .logit }

  init() {}

  init(targets: [String], score: ScoreKind?, region: RegionOption = RegionOption(text: nil)) {
    self.targets = targets
    scoreKind = score
    self.region = region
    similarTo = nil
  }

  /// The expressions, read but not yet looked up.
  func expressions() throws -> [TargetExpression] {
    guard similarTo != nil else { return try targets.isEmpty ? [.top(1)] : targets.map { try TargetExpression($0) } }
    guard targets.isEmpty, score == .logit, region.text == nil else {
      throw Failure.usage("--similar-to asks about no class: leave out --target, --score probability and --region")
    }
    return [.similarity]
  }

  /// Every file these options name.
  func files() throws -> [NamedFile] {
    (try region.expression()?.expression.file.map { [$0] } ?? [])
      + (similarTo.map { Subject.scene(named: $0) == nil ? [NamedFile(path: $0, kind: "image")] : [] } ?? [])
  }
}

/// Which part of the picture a segmentation is asked about.
struct RegionOption: ParsableArguments {
  @Option(
    name: .customLong("region"),
    help: ArgumentHelp(
      """
      Of a segmentation, where to explain it: 'left,top,right,bottom' or 'x,y' in the photograph's pixels, a mask \
      image of its size, white inside, 'predicted' or 'all'.
      """, discussion: "Without it, the pixels predicted as the target's class.", valueName: "region"))
  var text: String?

  init() {}

  init(text: String?) { self.text = text }

  /// What it says, read but not yet laid on a picture; `nil` where nothing was said.
  func expression() throws -> (written: String, expression: RegionExpression)? {
    try text.map { ($0, try RegionExpression($0)) }
  }
}

/// What is differentiated.
enum ScoreKind: String, ExpressibleByArgument, CaseIterable, Codable {
  case logit
  case probability
}

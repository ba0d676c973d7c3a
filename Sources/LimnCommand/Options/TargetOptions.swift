import ArgumentParser
import Explaining

/// What is to be explained.
struct TargetOptions: ParsableArguments {
  @Option(
    name: [.short, .customLong("target")], parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "What to explain: a class by number, by name or by the only part of one; 'prediction', 'top:3', or 'A - B'.",
      discussion: "May be given several times. Without it, the prediction.", valueName: "class"))
  var targets: [String] = []

  @Option(
    help: ArgumentHelp(
      "The class that was expected: explains the prediction, it, and why the one rather than the other, side by side.",
      valueName: "class"))
  var expected: String?

  @Option(
    name: .customLong("box"),
    help: ArgumentHelp(
      "Of a detector, the box to explain: its number in the list of `limn predict`, 'left,top,right,bottom' in the "
        + "photograph's pixels for the one that overlaps it most, 'row:1234' of the network's output, or 'all'.",
      discussion: "May be given several times. Without it, the best box of each --target.", valueName: "box"))
  var boxes: [String] = []

  @Option(
    name: .customLong("score"),
    help: ArgumentHelp(
      "What the score of a class is: its logit, or its probability; the logit without it. Of a detector's box also "
        + "objectness, left, top, right, bottom, width, height, or box, the sum of its edges; where it has one, its angle, "
        + "its mask, or a key point by name or number, keypoint:nose or keypoint:9, and where that is, keypoint:9:x.",
      valueName: "kind"))
  var score: ScoreKind?

  @OptionGroup var region: RegionOption

  @Option(
    help: ArgumentHelp(
      "What to explain of a network that makes embeddings: why the image is like this one, by the cosine.",
      valueName: "image"), completion: .file())
  var similarTo: String?

  init() {}

  /// Nothing is explained, but `region` is asked about.
  init(region: RegionOption) {
    (targets, expected, score, similarTo, boxes) = ([], nil, nil, nil, [])
    self.region = region
  }

  /// What they ask, read but not yet looked up; what the picture is compared with comes later.
  ///
  /// `score` is what the score of a class is, a manifest's word included.
  func question(score: ScoreKind?) throws -> Question {
    guard similarTo != nil else {
      var question = Question(try expressions(), score: score, region: try region.expression())
      question.boxes = try boxes.map { try BoxExpression($0) }
      return question
    }
    guard targets.isEmpty, boxes.isEmpty, expected == nil, (score ?? .logit) == .logit, region.text == nil else {
      throw Failure.usage(
        "--similar-to asks about no class: leave out --target, --expected, --box, --score probability and --region")
    }
    return Question([.similarity])
  }
}

extension TargetOptions {
  /// Whether nothing was said of what is explained.
  var isOpen: Bool { targets.isEmpty && expected == nil && similarTo == nil && boxes.isEmpty }

  private func expressions() throws -> [TargetExpression] {
    guard let expected else { return try targets.isEmpty ? [.prediction] : targets.map { try TargetExpression($0) } }
    guard !expected.allSatisfy(\.isWhitespace) else { throw Failure.usage("--expected is empty: name a class") }
    return try targets.map { try TargetExpression($0) } + [.expected(expected)]
  }

  /// What is explained, as it was written.
  var texts: [String] {
    if let similarTo { return ["similar to \(similarTo)"] }
    return isOpen ? ["prediction"] : targets + (expected.map { ["expected \($0)"] } ?? [])
  }

  /// Every file these options name.
  func files() throws -> [String] { try [region.expression()?.maskPath, similarTo].compactMap { $0 } }
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

  /// A region as somebody would write it.
  init(_ text: String?) { self.text = text }

  /// What it says, read but not yet laid on a picture; `nil` where nothing was said.
  func expression() throws -> RegionExpression? { try text.map { try RegionExpression($0) } }
}

import ArgumentParser
import AttributionKit
import Evaluating
import Explaining
import Foundation
import Reporting

/// `limn recommend`: which method to use for a network and photographs.
struct RecommendCommand: LoadsPlugins {
  static let configuration = CommandConfiguration(
    commandName: "recommend", abstract: "Find the method that shows best what decides a network's answers.",
    discussion: """
      Methods whose map does not depend on the class or on the weights are dropped, each with the reason; the others are judged \
      on the photographs until the budget is spent, beside controls that know nothing of the network.

      Examples:
        limn recommend
        limn recommend *.jpg --model net.onnx --budget 300
      """)

  @Argument(
    help: ArgumentHelp(
      "Photographs (PNG, JPEG, TIFF, WebP …; - for standard input) or arrays (.npy) in the network's input shape.",
      valueName: "image"),
    completion: .file())
  var images: [String] = []

  @OptionGroup(title: "Network") var model: ModelOptions
  @OptionGroup(title: "Network") var plugins: PluginOptions
  @OptionGroup(title: "Preprocessing") var preprocessing: PreprocessingOptions
  @OptionGroup(title: "Target") var target: TargetOptions
  @OptionGroup(title: "Methods") var methods: MethodsOptions
  @OptionGroup(title: "Objects") var objects: MaskOptions

  @Option(help: ArgumentHelp("About how many seconds it may take.", valueName: "seconds"))
  var budget = 120

  func validate() throws {
    guard (1...1_000_000).contains(budget) else {
      throw ValidationError("--budget \(budget): give a number of seconds from 1 to 1000000")
    }
  }

  func run(with catalogue: Catalogue) throws {
    let network = try model.file(preprocessing.recipe, layer: methods.layer.layer, score: target.score)
    _ = try methods.expressions(from: catalogue, layer: network.layer)
    let isDemo = images.isEmpty && model.isDemo
    let marked = try objects.marked(inScenes: isDemo)
    let work = try Workload(
      images: DistinctImages.of(images), of: network, model, target, in: catalogue, scenes: JudgedScenes.pictures)
    try objects.check(marked, in: work.queue.pictures)
    let candidates = try methods.methods.map { _ in
      try methods.expressions(from: catalogue, layer: network.layer, on: work.explainer.model)
    }
    let progress = ProgressLine(), asked = work.question(target, among: marked)
    var bad = BadPictures(of: work.queue)
    let recommendation = try work.explainer.recommend(
      work.queue.pictures, asking: asked, among: candidates, marked: marked, budget: .seconds(budget),
      progress: progress.report, refused: { try bad.hear($0, $1) })
    progress.finish()
    show(recommendation)
    if let failure = bad.failure { throw failure }
  }

  private func show(_ recommendation: Recommendation) {
    if !recommendation.dropped.isEmpty {
      var table = Table(["Dropped", "Because"])
      for (method, reason) in recommendation.dropped { table.append([method.identifier, reason]) }
      table.show()
      Console.say("")
    }
    var table = Table(["Left", "Insertion − deletion", "95 % interval", ""], numbers: [1])
    for rating in recommendation.ratings {
      let interval = rating.interval.map {
        "[\(Wording.fixed($0.lowerBound, places: 3)), \(Wording.fixed($0.upperBound, places: 3))]"
      }
      table.append([
        rating.method.identifier, Wording.fixed(rating.mean, places: 3), interval ?? "[–]",
        rating.isControl ? "a control" : rating.isToldFromBest ? "worse than the best" : "",
      ])
    }
    table.show()
    Console.say("")
    Console.say(recommendation.sentences.joined(separator: " "))
    if let method = recommendation.method { Console.say(commandLine(for: method)) }
  }

  /// What to type to see the method's map beside a control.
  private func commandLine(for method: MethodExpression) -> String {
    var words = ["limn", "compare"] + images.prefix(1)
    if let file = model.model { words += ["--model", file] }
    if let name = model.network { words += ["--network", name] }
    if let file = model.weights { words += ["--weights", file] }
    if let labels = model.labels { words += ["--labels", labels] }
    if let preset = preprocessing.preset { words += ["--preset", preset] }
    words += ["--methods", method.identifier]
    return words.map(Self.quoted).joined(separator: " ")
  }

  /// A word as a shell reads it back.
  private static func quoted(_ word: String) -> String {
    let plain = word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./=,:+%@".contains($0)) }
    return plain && !word.isEmpty ? word : "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'"
  }
}

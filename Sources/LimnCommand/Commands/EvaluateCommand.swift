import ArgumentParser
import AttributionKit
import Evaluating
import Explaining
import Foundation
import Images
import Rendering
import Reporting

/// `limn evaluate`: which map to believe, by metrics over photographs.
struct EvaluateCommand: LoadsPlugins {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Judge methods by metrics over photographs: means, intervals, ranks.",
    discussion: """
      Without an image or a network, the demo network's scenes are judged. `limn metrics` lists the metrics. Objects that are \
      marked in the photographs, as masks or as COCO has them, are what maps are held against; the class of each is then \
      the target, unless one is named.

      Examples:
        limn evaluate
        limn evaluate *.jpg --model net.onnx --methods grad-cam,layer-cam,random
        limn evaluate *.jpg --model net.onnx --masks objects.json --metrics pointing-game,insertion -o result.csv
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
  @OptionGroup(title: "Methods") var compatibility: CompatibilityOption
  @OptionGroup(title: "Objects") var objects: MaskOptions

  @Option(
    name: [.customLong("metrics"), .customLong("metric")],
    help: ArgumentHelp(
      "The metrics, separated by commas: 'insertion,deletion(baseline=black)'.",
      discussion: """
        Without it, one or two of each kind that apply. 'all' are all, and 'faithfulness', 'robustness', 'complexity', \
        'localization', 'axioms' and 'sanity' name families. 'limn metrics' lists them.
        """, valueName: "list"))
  var metrics: String?

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "Where the result goes: .json or .csv for every number, .html for a page to operate, .png, .jpg, .pdf or .svg for the plots.",
      valueName: "file"))
  var output: String?

  @Flag(help: "Print every number as JSON instead of the table.")
  var json = false

  @OptionGroup var opening: OpenOption

  func run(with builtIn: Catalogue) throws {
    let catalogue = compatibility.applied(to: builtIn)
    let network = try model.file(preprocessing.recipe, layer: methods.layer.layer, score: target.score)
    // What cannot be read is told before anything is opened.
    _ = try methods.expressions(from: catalogue, layer: network.layer)
    let isDemo = images.isEmpty && model.isDemo
    let metrics = try catalogue.metrics(self.metrics, marked: objects.masks != nil || isDemo)
    if let library = compatibility.library { noteDepartures(of: metrics, following: library) }
    let file = try output.map { path in
      let inputs = try images + model.paths(with: network) + target.files() + (objects.masks.map { [$0] } ?? [])
      return try EvaluationFile(path, apartFrom: inputs)
    }
    let marked = try objects.marked(inScenes: isDemo)
    let work = try Workload(
      images: DistinctImages.of(images), of: network, model, target, in: catalogue, scenes: JudgedScenes.pictures)
    try objects.check(marked, in: work.queue.pictures)
    let expressions =
      try methods.methods == nil
      ? catalogue.judged(layer: network.layer, on: work.explainer.model)
      : methods.expressions(from: catalogue, layer: network.layer, on: work.explainer.model)
    let keepsNumbers = json || file?.kind.holdsNumbers == true
    let (evaluation, numbers, failure) = try judge(work, expressions, metrics, marked, keepsNumbers: keepsNumbers)
    try file?.write(evaluation, numbers, about: work.explainer)
    if json {
      try JSONOutput.show(EvaluationReport(evaluation, numbers, about: work.explainer))
    } else {
      EvaluationSummary(evaluation).show()
      if let file { Console.say("Written: \(file.path)") }
    }
    opening.show(file?.path)
    if let failure { throw failure }
    if let reason = evaluation.failure { throw Failure.badData("no method could be judged: \(reason)") }
  }

  private func judge(
    _ work: Workload, _ methods: [MethodExpression], _ metrics: [MetricExpression], _ marked: MarkedObjects?,
    keepsNumbers: Bool
  ) throws -> (Evaluation, [EvaluationReport.Measurement], (any Error)?) {
    let progress = ProgressLine()
    defer { progress.finish() }
    var (numbers, bad): ([EvaluationReport.Measurement], BadPictures) = ([], BadPictures(of: work.queue))
    var unknown: [String: Int] = [:]
    let asked = work.question(target, among: marked)
    let evaluation = try work.explainer.evaluate(
      work.queue, asking: asked, by: methods, with: metrics, marked: marked, progress: progress.report,
      answered: { picture, cases, index in
        try work.tell(of: picture, at: index)
        for name in cases[0].unknown { unknown[name, default: 0] += 1 }
        if index == 0 {
          progress.finish()
          try noteEstimate(cases, of: work.queue.pictures.count, methods, metrics)
        }
      }, refused: { try bad.hear($0, $1) },
      each: { if keepsNumbers { numbers.append(EvaluationReport.Measurement($0)) } })
    progress.finish()
    if !unknown.isEmpty {
      let names = unknown.keys.sorted().prefix(5).joined(separator: ", ")
      Console.note(
        "\(unknown.values.reduce(0, +)) marked objects are left out, which the network has no class for: \(names)"
          + (unknown.count > 5 ? " and \(unknown.count - 5) more" : ""))
    }
    return (evaluation, numbers, bad.failure)
  }

  /// Says which of the metrics do as another library does.
  private func noteDepartures(of metrics: [MetricExpression], following library: PeerLibrary) {
    let named = Set(library.metricDeviations.map(\.identifier))
    let departing = metrics.filter { named.contains($0.descriptor.identifier) }.map(\.identifier)
    Console.note(
      departing.isEmpty
        ? "none of these metrics departs from its paper in \(library.rawValue), as far as is known"
        : "metrics depart from their papers as \(library.rawValue) does: \(departing.joined(separator: ", "))")
  }

  /// Says how long all of it will take, by the first picture.
  private func noteEstimate(
    _ cases: [JudgedCase], of count: Int, _ methods: [MethodExpression], _ metrics: [MetricExpression]
  ) throws {
    guard let each = try cases.first?.estimatedDuration(of: methods, with: metrics) else { return }
    let whole = each * Double(count * cases.count)
    guard whole > .longWait else { return }
    Console.note(
      "this takes about \(Wording.roughly(whole)): \(methods.count) methods by \(metrics.count) metrics on \(count) "
        + (count == 1 ? "image" : "images"))
  }
}

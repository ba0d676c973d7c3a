import ArgumentParser
import AttributionKit
import DemoNetwork
import Evaluating
import Explaining
import Rendering
import Reporting
import Runtimes

/// `limn compare`: one photograph, several methods, side by side.
struct CompareCommand: LoadsPlugins {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Explain images by several methods, side by side on one sheet.",
    discussion: """
      Without an image or a network, the demo network explains one of its own scenes; it takes others by name:
      \(DemoNetwork.scenes.map(\.name).joined(separator: ", ")). Each image and each target is a row.

      Examples:
        limn compare
        limn compare --demo detector
        limn compare photo.jpg --model net.onnx --labels names.txt
        limn compare photo.jpg --model net.onnx --target dog --target cat --methods cam,grad-cam -o sheet.pdf
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
  @OptionGroup(title: "Methods") var randomization: RandomizationOptions
  @OptionGroup(title: "Methods") var compatibility: CompatibilityOption
  @OptionGroup(title: "Methods") var runtime: RuntimeOption
  @OptionGroup(title: "Drawing") var rendering: RenderingOptions

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      """
      Where the sheet goes: .png, .jpg, .pdf or .svg; .html for a page to operate, .json for reports, .npz for arrays \
      instead; or a folder/ for all of them.
      """,
      discussion: "Without it, photo-compare.png in the current folder (limn-compare.png for several images).",
      valueName: "file"))
  var output: String?

  @Flag(
    help: """
      Mark on each panel how alike its map is to that of another class, and to that of the network with random weights in its \
      later half.
      """)
  var check = false

  @Flag(help: "Print the reports as JSON; a sheet is then drawn only with -o.")
  var json = false

  @OptionGroup var opening: OpenOption

  func run(with builtIn: Catalogue) throws {
    let catalogue = compatibility.applied(to: builtIn)
    let style = try rendering.style(from: catalogue)
    let network = try model.file(preprocessing.recipe, layer: methods.layer.layer, score: target.score)
    // What cannot be read is told before the network is opened, which decides what sets of methods hold.
    _ = try methods.expressions(from: catalogue, layer: network.layer)
    let file = try outputPath.map { try SheetOutput($0, apartFrom: inputs(with: network)) }
    var contents = file?.needs ?? []
    if contents.contains(.drawings), model.threads != 1 { ComparisonSheet.prepareFonts() }
    if json { contents.insert(.reports) }
    let runtime = try runtime.opened()
    let work = try Workload(
      images: images, of: network, model, target, in: catalogue, scenes: DemoNetwork.scenes.prefix(1).map(\.picture),
      everyObject: true)
    try rendering.check(for: work.explainer)
    var expressions = try randomization.controlled(
      methods.expressions(from: catalogue, layer: network.layer, on: work.explainer.model), work.explainer)
    if let runtime {
      expressions = runtime.computing(expressions, on: work.explainer, model, threads: model.threads)
    }
    var builder = try SheetBuilder(about: work.explainer, style: style, contents: contents)
    builder.foreignRemark = runtime.map { RuntimeHost.remark(of: $0.identity) }
    let results = try compute(work, expressions, builder)
    if let file {
      if file.needs.contains(.drawings) { for note in results.sheet.notes { Console.note(note) } }
      try file.write(results.sheet)
    }
    if json {
      try JSONOutput.show(results.sheet.reports)
    } else {
      try summarize(results, work.explainer, file)
    }
    opening.show(file?.path)
    if let failure = results.failure { throw failure }
  }

  /// `nil` where only standard output is wanted.
  private var outputPath: String? {
    if json, output == nil { return nil }
    return output ?? (images.isEmpty ? "demo-compare.png" : OutputFile.defaultPath(for: images, suffix: "compare"))
  }

  /// Every file that is read, and must not be written over.
  private func inputs(with network: NetworkFile) throws -> [String] {
    try images + model.paths(with: network) + target.files()
  }
}

extension CompareCommand {
  /// What came of it all; of each picture no more is kept than the sheet needs.
  private struct Results {
    var sheet: Sheet
    /// One line per picture.
    var summaries: [String] = []
    /// Why the command has failed: a method that does not apply is a panel with its reason, unless none of them does.
    var failure: (any Error)?
  }

  private func compute(
    _ work: Workload, _ expressions: [MethodExpression], _ builder: SheetBuilder
  ) throws -> Results {
    let progress = ProgressLine()
    defer { progress.finish() }
    var (builder, summaries, verdict) = (builder, [String](), Verdict())
    var (isFirst, index, bad) = (true, 0, BadPictures(of: work.queue))
    try work.explainer.explain(
      work.queue, asking: { work.questions[$0] }, by: expressions, progress: progress.report,
      answered: {
        isFirst = true
        try work.tell(of: $0, at: index)
        if index == 0 { try work.noteEstimate($0, by: expressions) }
        index += 1
        try builder.begin($0)
      },
      refused: { picture, reason in
        index += 1
        try bad.hear(picture, reason)
        try builder.add(refused: picture, because: reason)
      }
    ) { explained in
      if isFirst { summaries.append(explained.inquiry.summary) }
      isFirst = false
      verdict.hear(explained.entries)
      try builder.add(explained, checks: check ? explained.sanityChecks() : [])
    }
    return Results(sheet: try builder.sheet(), summaries: summaries, failure: verdict.failure ?? bad.failure)
  }

  private func summarize(_ results: Results, _ explainer: Explainer, _ file: SheetOutput?) throws {
    for summary in results.summaries { Console.say(summary) }
    if let layer = try explainer.defaultLayer(), explainer.detectionHead == nil || explainer.layer != nil {
      Console.say("Layer: \(explainer.description(of: layer))")
    }
    if let file { Console.say("Written: \(file.path)") }
  }
}

/// Whether a comparison has failed: where no method at all applies, by the first reason.
private struct Verdict {
  private var hasWorked = false
  private(set) var failure: (any Error)?

  mutating func hear(_ entries: [Comparison.Entry]) {
    for entry in entries {
      switch entry.outcome {
      case .success: (hasWorked, failure) = (true, nil)
      case .failure(let reason): if !hasWorked, failure == nil { failure = reason }
      }
    }
  }
}

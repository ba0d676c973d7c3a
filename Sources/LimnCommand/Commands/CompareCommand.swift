import ArgumentParser
import AttributionKit
import DemoNetwork
import Foundation
import Images
import Rendering

/// `limn compare`: one photograph, several methods, side by side.
struct CompareCommand: ParsableCommand, UsesPlugins {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Explain images by several methods, side by side on one sheet.",
    discussion: """
      Without an image or a network, the demo network explains one of its own scenes; it takes others by name:
      \(DemoNetwork.scenes.map(\.name).joined(separator: ", ")). Each image and each target is a row.

      Examples:
        limn compare
        limn compare photo.jpg --model net.onnx --labels names.txt
        limn compare photo.jpg --model net.onnx --target dog --target cat --methods cam,grad-cam -o sheet.pdf
      """)

  @Argument(
    help: ArgumentHelp("Photographs (PNG, JPEG) or arrays (.npy) in the network's input shape.", valueName: "image"),
    completion: .file())
  var images: [String] = []

  @OptionGroup(title: "Network") var model: ModelOptions
  @OptionGroup(title: "Network") var plugins: PluginOptions
  @OptionGroup(title: "Preprocessing") var preprocessing: PreprocessingOptions
  @OptionGroup(title: "Target") var target: TargetOptions
  @OptionGroup(title: "Methods") var methods: MethodsOptions
  @OptionGroup(title: "Drawing") var rendering: RenderingOptions

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "Where the sheet goes: .png, .jpg, .pdf or .svg, or .json for reports instead.",
      discussion: "Without it, photo-compare.png in the current folder (limn-compare.png for several images).",
      valueName: "file"))
  var output: String?

  @Flag(help: "Print the reports as JSON; a sheet is then drawn only with -o.")
  var json = false

  mutating func run() throws {
    try rendering.checkNames()
    (model, preprocessing, target, methods.layer) = try Manifest.filled(
      model, preprocessing, target, methods.layer)
    let expressions = try methods.expressions()
    let inputs = try images + (model.files() + target.files()).map(\.path)
    let file = try outputPath.map { try OutputFile($0, apartFrom: inputs) }
    if file?.format == .array {
      throw Failure.usage("a comparison is no single array: write one with `limn explain --method … -o map.npy`")
    }
    let isDrawn = file.map { $0.format != .report } ?? false
    if isDrawn, !model.workers.isSingle { ComparisonSheet.prepareFonts() }
    let work = try Workload(
      images: images, model: model, preprocessing: preprocessing, targets: target,
      scenes: Array(DemoNetwork.scenes.prefix(1)), everyObject: true)
    let layer = try methods.layer.resolve(in: work.classifier.model)
    let results = try compute(
      work, Comparison(of: expressions), drawing: isDrawn, reporting: json || file?.format == .report, layer)

    switch file?.format {
    case .report: try file?.write(JSONOutput.encode(results.reports))
    case .figure(let format):
      try file?.write(results.sheet.render(as: format, scale: scale(of: format), workers: model.workers))
    case .array, nil: break
    }
    if json { try JSONOutput.show(results.reports) } else { summarize(results, file) }
    if let failure = results.failure { throw failure }
  }

  /// `nil` where only standard output is wanted.
  private var outputPath: String? {
    if json, output == nil { return nil }
    return output ?? (images.isEmpty ? "demo-compare.png" : OutputFile.defaultPath(for: images, suffix: "compare"))
  }

  /// Raster sheets have a pixel and a half to each unit, so that small letters stay crisp in print.
  private func scale(of format: FigureFormat) -> Double { format == .png || format == .jpeg ? 1.5 : 1 }
}

extension CompareCommand {
  /// What came of it all; of each image no more is kept than the sheet or the reports need.
  private struct Results {
    var sheet: ComparisonSheet
    var reports: [ExplanationReport] = []
    /// One line per image.
    var summaries: [String] = []
    var layer: String?
    /// Why the command has failed: a method that does not apply is a panel with its reason, unless none of them does.
    var failure: (any Error)?
    private var hasWorked = false

    init(sheet: ComparisonSheet) { self.sheet = sheet }

    mutating func note(_ entries: [Comparison.Entry]) {
      for entry in entries {
        switch entry.outcome {
        case .success: (hasWorked, failure) = (true, nil)
        case .failure(let reason): if !hasWorked, failure == nil { failure = reason }
        }
      }
    }
  }

  private func compute(
    _ work: Workload, _ comparison: Comparison, drawing: Bool, reporting: Bool, _ layer: Layer?
  ) throws -> Results {
    let progress = Progress()
    defer { progress.finish() }
    var results = Results(sheet: ComparisonSheet(about: work, layer: layer, score: work.scoreName))
    results.layer = layer.map(work.classifier.description)
    // Drawn while the next image is explained.
    var underway: [Ahead<ComparisonSheet.Row>] = []
    for position in 0..<work.count {
      progress.report("\(work.names[position]) (\(position + 1) of \(work.count)) …")
      let explanations = try work.explanations(at: position, progress: progress)
      results.sheet.rows += try underway.map { try $0.get() }
      underway = []
      guard let first = explanations.first else { continue }
      results.summaries.append(first.summary)
      let (subject, layout) = (first.subject, work.classifier.inputExtent?.layout ?? .nchw)
      let picture = Ahead(by: model.workers) { [rendering] in
        Picture(of: subject, layout: layout, style: rendering, side: ComparisonSheet.usefulSide)
      }
      for explanation in explanations {
        let entries = comparison.entries(in: explanation.session)
        results.note(entries)
        if reporting { results.reports += entries.map { ExplanationReport($0, of: explanation) } }
        if drawing {
          underway.append(
            Ahead(by: model.workers) { [workers = model.workers] in
              try .init(of: explanation, entries: entries, on: picture.get(), workers: workers)
            })
        }
      }
    }
    results.sheet.rows += try underway.map { try $0.get() }
    return results
  }

  private func summarize(_ results: Results, _ file: OutputFile?) {
    for summary in results.summaries { Console.say(summary) }
    if let layer = results.layer { Console.say("Layer: \(layer)") }
    if let file { Console.say("Written: \(file.path)") }
  }
}

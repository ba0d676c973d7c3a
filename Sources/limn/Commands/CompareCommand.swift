import ArgumentParser
import AttributionKit
import DemoNetwork
import Foundation
import Images
import Rendering

/// `limn compare`: one photograph, every method, side by side.
struct CompareCommand: ParsableCommand {
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

  func run() throws {
    let expressions = try methods.expressions()
    let inputs = try images + model.files().map(\.path)
    let file = try outputPath.map { try OutputFile($0, apartFrom: inputs) }
    if file?.format == .array {
      throw Failure.usage("a comparison is no single array: write one with `limn explain --method … -o map.npy`")
    }
    let work = try Workload(
      images: images, model: model, preprocessing: preprocessing, targets: target,
      scenes: Array(DemoNetwork.scenes.prefix(1)), everyObject: true)
    let layer = try methods.layer.resolve(in: work.classifier.model)
    let results = try compute(
      work, Comparison(of: expressions), drawing: file.map { $0.format != .report } ?? false, layer)

    let reports = results.entries.map { ExplanationReport($0.entry, of: $0.explanation) }
    switch file?.format {
    case .report: try file?.write(JSONOutput.encode(reports))
    case .figure(let format): try file?.write(results.sheet.render(as: format, scale: scale(of: format)))
    case .array, nil: break
    }
    if json { try JSONOutput.show(reports) } else { summarize(results, layer, file) }
    try failIfNothingWorked(results)
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
  /// What came of it all.
  private struct Results {
    var sheet: ComparisonSheet
    var entries: [(explanation: Explanation, entry: Comparison.Entry)] = []
    /// The first explanation of each image.
    var images: [Explanation] = []
  }

  private func compute(
    _ work: Workload, _ comparison: Comparison, drawing: Bool, _ layer: Layer?
  ) throws -> Results {
    let progress = Progress()
    defer { progress.finish() }
    var results = Results(sheet: ComparisonSheet(about: work, layer: layer, score: target.score))
    for position in 0..<work.count {
      progress.report("\(work.names[position]) (\(position + 1) of \(work.count)) …")
      let explanations = try work.explanations(at: position)
      guard let first = explanations.first else { continue }
      results.images.append(first)
      let picture = Picture(
        of: first.subject, layout: work.classifier.inputExtent?.layout ?? .nchw, style: rendering,
        side: ComparisonSheet.usefulSide)
      for explanation in explanations {
        let entries = comparison.entries(in: explanation.session)
        results.entries += entries.map { (explanation, $0) }
        guard drawing else { continue }
        results.sheet.rows.append(try .init(of: explanation, entries: entries, on: picture))
      }
    }
    return results
  }

  private func summarize(_ results: Results, _ layer: Layer?, _ file: OutputFile?) {
    for image in results.images { Console.say(image.summary) }
    if let layer, let classifier = results.images.first?.classifier {
      Console.say("Layer: \(classifier.description(of: layer))")
    }
    if let file { Console.say("Written: \(file.path)") }
  }

  /// A method that does not apply is a panel with its reason; a command none of whose methods applies has failed.
  private func failIfNothingWorked(_ results: Results) throws {
    var reasons: [any Error] = []
    for (_, entry) in results.entries {
      guard case .failure(let reason) = entry.outcome else { return }
      reasons.append(reason)
    }
    if let first = reasons.first { throw first }
  }
}

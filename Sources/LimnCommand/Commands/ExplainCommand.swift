import ArgumentParser
import AttributionKit
import Foundation
import Images
import Rendering
import Tensors

/// `limn explain`: one image, one method, one map.
struct ExplainCommand: ParsableCommand, UsesPlugins {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Explain one image by one method, as a picture, an array or a report.",
    discussion: """
      Examples:
        limn explain photo.jpg --model net.onnx --target 'tabby - tiger cat'
        limn explain photo.jpg --model net.onnx --method 'grad-cam(layer=conv[-2])' -o map.npy
      """)

  @Argument(
    help: ArgumentHelp(
      "A photograph (PNG, JPEG) or an array (.npy) in the network's input shape; for the demo network, also a scene.",
      valueName: "image"), completion: .file())
  var image: String

  @OptionGroup(title: "Network") var model: ModelOptions
  @OptionGroup(title: "Network") var plugins: PluginOptions
  @OptionGroup(title: "Preprocessing") var preprocessing: PreprocessingOptions
  @OptionGroup(title: "Target") var target: TargetOptions
  @OptionGroup(title: "Method") var method: MethodOption
  @OptionGroup(title: "Drawing") var rendering: RenderingOptions

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      """
      Where the result goes: .png or .jpg for the overlay at the photograph's size, .pdf or .svg for a captioned \
      figure, .npy for the signed values, .json for the report.
      """,
      discussion: "Without it, photo-grad-cam.png in the current folder.", valueName: "file"))
  var output: String?

  @Flag(help: "Print the report as JSON; nothing is then written without -o.")
  var json = false

  mutating func run() throws {
    try rendering.checkNames()
    (model, preprocessing, target, method.layer) = try Manifest.filled(
      model, preprocessing, target, method.layer)
    let expression = try method.expression()
    let inputs = try [image] + (model.files() + target.files()).map(\.path)
    let file = try outputPath(expression).map { try OutputFile($0, apartFrom: inputs) }
    let work = try Workload(images: [image], model: model, preprocessing: preprocessing, targets: target)
    let layer = try method.layer.resolve(in: work.classifier.model)
    let progress = Progress()
    let explanations = try work.explanations(at: 0, progress: progress)
    guard let explanation = explanations.first, explanations.count == 1 else {
      throw Failure.usage("'explain' draws one map for one target; `limn compare` draws a row for each")
    }
    let entry = Comparison(of: [expression]).entries(in: explanation.session)[0]
    progress.finish()
    let attribution = try entry.outcome.get()
    let report = ExplanationReport(entry, of: explanation)
    if let file { try file.write(contents(file.format, attribution, entry, explanation, report)) }
    if json { try JSONOutput.show(report) } else { summarize(explanation, attribution, layer, file) }
  }

  /// `nil` where only standard output is wanted.
  private func outputPath(_ expression: MethodExpression) -> String? {
    if json, output == nil { return nil }
    // Long expressions end early, since names of files have at most 255 bytes.
    let names = expression.names.joined(separator: "-").prefix(60)
    return output ?? OutputFile.defaultPath(for: [image], suffix: String(names))
  }

  private func contents(
    _ format: OutputFile.Format, _ attribution: Attribution, _ entry: Comparison.Entry, _ explanation: Explanation,
    _ report: ExplanationReport
  ) throws -> [UInt8] {
    let layout = explanation.classifier.inputExtent?.layout ?? .nchw
    switch format {
    case .array: return NumPyFile.data(attribution.values)
    case .report: return Array(try JSONOutput.encode(report))
    case .figure(.png):
      return try Picture(of: explanation.subject, layout: layout, style: rendering).drawn(attribution).raster
        .pngData(workers: model.workers)
    case .figure(.jpeg):
      return try Picture(of: explanation.subject, layout: layout, style: rendering).drawn(attribution).raster.jpegData()
    case .figure(let vector):
      let picture = Picture(of: explanation.subject, layout: layout, style: rendering, side: ComparisonSheet.usefulSide)
      let row = ComparisonSheet.Row(
        title: explanation.rowTitle, subtitle: explanation.predictionLine ?? "",
        panels: [try ComparisonSheet.Panel(of: entry, on: picture)])
      return try ComparisonSheet(rows: [row]).render(as: vector, workers: model.workers)
    }
  }

  private func summarize(
    _ explanation: Explanation, _ attribution: Attribution, _ layer: Layer?, _ file: OutputFile?
  ) {
    Console.say(explanation.summary)
    Console.say("Target: \(explanation.rowTitle)")
    Console.say("Layer: \(explanation.classifier.description(of: attribution.layer))")
    if attribution.coverage != nil { Console.say("Guided: \(Wording.place(of: attribution))") }
    Console.say("Range: \(Wording.range(attribution.range)) on \(Wording.extent(attribution.values.shape))")
    if let completeness = attribution.completeness {
      Console.say("Completeness: \(Wording.completeness(completeness))")
    }
    for remark in attribution.remarks { Console.note(remark) }
    if let hint = attribution.status.hint { Console.note("\(attribution.status.rawValue): \(hint)") }
    if let file { Console.say("Written: \(file.path)") }
  }
}

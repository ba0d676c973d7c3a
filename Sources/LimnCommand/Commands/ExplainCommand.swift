import ArgumentParser
import AttributionKit
import Explaining
import Reporting
import Tensors

/// `limn explain`: one image, one method, one map.
struct ExplainCommand: LoadsPlugins {
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
      figure, .npy (or .npz) for the signed values, .json for the report.
      """,
      discussion: "Without it, photo-grad-cam.png in the current folder.", valueName: "file"))
  var output: String?

  @Flag(help: "Print the report as JSON; nothing is then written without -o.")
  var json = false

  func run(with catalogue: Catalogue) throws {
    let style = try rendering.style(from: catalogue)
    let network = try model.file(preprocessing.recipe, layer: method.layer.layer, score: target.score)
    let expression = try method.expression(from: catalogue, layer: network.layer)
    let inputs = try [image] + model.files(with: network).map(\.path) + target.files()
    let file = try outputPath(expression).map { try OutputFile($0, apartFrom: inputs) }
    let work = try Workload(images: [image], of: network, model, target, in: catalogue)
    // A layer that is not there is an error, whatever the method.
    _ = try work.explainer.defaultLayer()
    let progress = ProgressLine()
    let inquiry = try work.onlyInquiry(
      progress, otherwise: "'explain' draws one map for one target; `limn compare` draws a row for each")
    try work.noteEstimate(inquiry.picture, by: [expression])
    let entry = try inquiry.explained(by: [expression]).entries[0]
    progress.finish()
    let attribution = try entry.outcome.get()
    if let file { try file.write(file.writer.data(of: entry, in: inquiry, style: style)) }
    if json { try JSONOutput.show(Report(entry, of: inquiry)) } else { summarize(inquiry, attribution, file) }
  }

  /// `nil` where only standard output is wanted.
  private func outputPath(_ expression: MethodExpression) -> String? {
    if json, output == nil { return nil }
    // Long expressions end early, since names of files have at most 255 bytes.
    let names = expression.names.joined(separator: "-").prefix(60)
    return output ?? OutputFile.defaultPath(for: [image], suffix: String(names))
  }

  private func summarize(_ inquiry: Inquiry, _ attribution: Attribution, _ file: OutputFile?) {
    Console.say(inquiry.summary)
    Console.say("Target: \(inquiry.title)")
    Console.say("Layer: \(inquiry.picture.explainer.description(of: attribution.layer))")
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

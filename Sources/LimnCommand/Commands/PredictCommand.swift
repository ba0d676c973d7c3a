import ArgumentParser
import AttributionKit

/// `limn predict`: what the network takes an image for.
struct PredictCommand: ParsableCommand, UsesPlugins {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "Show what the network takes images for.")

  @Argument(
    help: ArgumentHelp("Photographs (PNG, JPEG) or arrays (.npy) in the network's input shape.", valueName: "image"),
    completion: .file())
  var images: [String]

  @OptionGroup(title: "Network") var model: ModelOptions
  @OptionGroup(title: "Network") var plugins: PluginOptions
  @OptionGroup(title: "Preprocessing") var preprocessing: PreprocessingOptions

  @OptionGroup(title: "Target") var region: RegionOption

  @Option(help: ArgumentHelp("How many classes to show.", valueName: "number"))
  var top = 5

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if top < 1 { throw ValidationError("--top \(top): at least one class is needed") }
    if images.isEmpty { throw ValidationError("which image?") }
  }

  mutating func run() throws {
    (model, preprocessing) = try Manifest.filled(model, preprocessing)
    let work = try Workload(
      images: images, model: model, preprocessing: preprocessing,
      targets: TargetOptions(targets: [], score: .logit, region: region))
    let progress = Progress()
    var reports: [PredictionReport] = []
    for position in 0..<work.count {
      progress.report("\(work.names[position]) (\(position + 1) of \(work.count)) …")
      let explanation = try work.explanations(at: position, progress: progress)[0]
      reports.append(PredictionReport(explanation, top: top))
    }
    progress.finish()
    if json { return try JSONOutput.show(reports) }
    for report in reports { show(report) }
  }

  private func show(_ report: PredictionReport) {
    Console.say(report.image)
    let hasShares = report.predictions.contains { $0.share != nil }
    var table = Table(
      (hasShares ? ["Pixels"] : []) + ["Probability", "Logit", "Class", "Label"],
      numbers: hasShares ? [0, 1, 2, 3] : [0, 1, 2])
    for prediction in report.predictions {
      table.append(
        (prediction.share.map { [Wording.percent($0)] } ?? []) + [
          Wording.percent(prediction.probability), Wording.fixed(Double(prediction.logit), places: 3),
          prediction.side ?? "\(prediction.index)", prediction.label ?? "",
        ])
    }
    table.show()
  }
}

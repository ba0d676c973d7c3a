import ArgumentParser
import Explaining
import Reporting

/// `limn predict`: what the network takes an image for.
struct PredictCommand: LoadsPlugins {
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

  func run(with catalogue: Catalogue) throws {
    let work = try Workload(
      images: images, of: model.file(preprocessing.recipe), model, TargetOptions(region: region), in: catalogue)
    let progress = ProgressLine()
    var (reports, bad) = ([PredictionReport](), BadPictures(of: work.queue))
    for index in work.queue.pictures.indices {
      do {
        let picture = try work.explainer.answer(
          work.queue, at: index, region: work.questions[index].region, progress: progress.report)
        try work.tell(of: picture, at: index)
        reports.append(PredictionReport(picture, top: top))
      } catch let reason as ExplainingError { try bad.hear(work.queue.pictures[index], reason) }
    }
    progress.finish()
    if json { try JSONOutput.show(reports) } else { for report in reports { show(report) } }
    if let failure = bad.failure { throw failure }
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

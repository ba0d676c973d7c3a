import ArgumentParser
import AttributionKit
import Explaining
import Reporting
@_spi(Limn) import Tensors

/// `limn predict`: what the network takes an image for.
struct PredictCommand: LoadsPlugins {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "Show what the network takes images for.")

  @Argument(
    help: ArgumentHelp(
      "Photographs (PNG, JPEG, TIFF, WebP …; - for standard input) or arrays (.npy) in the network's input shape.",
      valueName: "image"),
    completion: .file())
  var images: [String]

  @OptionGroup(title: "Network") var model: ModelOptions
  @OptionGroup(title: "Network") var plugins: PluginOptions
  @OptionGroup(title: "Preprocessing") var preprocessing: PreprocessingOptions

  @OptionGroup(title: "Target") var region: RegionOption

  @Option(
    help: ArgumentHelp(
      "How many classes to show; five without it, or all numbers that are no classes.", valueName: "number"))
  var top: Int?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if let top, top < 1 { throw ValidationError("--top \(top): at least one class is needed") }
    if images.isEmpty { throw ValidationError("which image?") }
  }

  func run(with catalogue: Catalogue) throws {
    let work = try Workload(
      images: images, of: model.file(preprocessing.recipe), model, TargetOptions(region: region), in: catalogue)
    let progress = ProgressLine()
    var (reports, bad) = ([PredictionReport](), BadPictures(of: work.queue))
    for (index, shown) in work.queue.pictures.enumerated() {
      let answered = try bad.trying(shown, when: \.isAboutPicture) { try work.answer(at: index, progress) }
      if let picture = answered {
        reports.append(PredictionReport(picture, top: top ?? (picture.explainer.names.areNumbers ? .max : 5)))
      }
    }
    progress.finish()
    if json { try JSONOutput.show(reports) } else { for report in reports { show(report) } }
    if let failure = bad.failure { throw failure }
  }

  private func show(_ report: PredictionReport) {
    Console.say(report.image)
    guard report.link != nil else { return showNumbers(report.predictions) }
    let hasShares = report.predictions.contains { $0.share != nil }
    var table = Table(
      (hasShares ? ["Pixels"] : []) + [
        "Probability", report.link == ProbabilityLink.identity.rawValue ? "Score" : "Logit", "Class", "Label",
      ],
      numbers: hasShares ? [0, 1, 2, 3] : [0, 1, 2])
    for prediction in report.predictions {
      table.append(
        (prediction.share.map { [Wording.percent($0)] } ?? []) + [
          Wording.percent(prediction.probability ?? 0), Wording.fixed(Double(prediction.logit), places: 3),
          prediction.side ?? "\(prediction.index)", elided(prediction.label ?? "", to: 120),
        ])
    }
    table.show()
  }

  /// Numbers that are no scores of classes.
  private func showNumbers(_ numbers: [Prediction]) {
    var table = Table(["Value", "Number", "Label"], numbers: [0, 1])
    for number in numbers {
      table.append([
        Wording.fixed(Double(number.logit), places: 3), "\(number.index)", elided(number.label ?? "", to: 120),
      ])
    }
    table.show()
  }
}

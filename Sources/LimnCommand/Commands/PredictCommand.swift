import ArgumentParser
import AttributionKit
import Explaining
import Rendering
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

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "Of a detector, where the photograph goes with its boxes drawn: .png, .jpg, .pdf or .svg.",
      discussion: "A folder takes photo-boxes.png; of several images, {} in a name stands for each one's own.",
      valueName: "file"))
  var output: String?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if let top, top < 1 { throw ValidationError("--top \(top): at least one class is needed") }
    if images.isEmpty { throw ValidationError("which image?") }
  }

  func run(with catalogue: Catalogue) throws {
    let network = try model.file(preprocessing.recipe)
    let files = try drawings(apartFrom: images + model.paths(with: network))
    let work = try Workload(images: images, of: network, model, TargetOptions(region: region), in: catalogue)
    let progress = ProgressLine()
    var (reports, bad) = ([PredictionReport](), BadPictures(of: work.queue))
    for (index, shown) in work.queue.pictures.enumerated() {
      let answered = try bad.trying(shown, when: \.isAboutPicture) { try work.answer(at: index, progress) }
      if let picture = answered {
        reports.append(PredictionReport(picture, top: top ?? (picture.explainer.names.areNumbers ? .max : 5)))
        try draw(picture, to: files.isEmpty ? nil : files[index])
      }
    }
    progress.finish()
    if json { try JSONOutput.show(reports) } else { for report in reports { show(report) } }
    if let failure = bad.failure { throw failure }
  }

  private func show(_ report: PredictionReport) {
    Console.say(report.image)
    if let boxes = report.boxes { return show(boxes) }
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

  /// Where the drawing of each image goes; none without `-o`.
  private func drawings(apartFrom inputs: @autoclosure () -> [String]) throws -> [(
    format: FigureFormat, place: OutputPlace
  )] {
    guard let output else { return [] }
    let inputs = inputs()
    return try OutputFile.paths(for: images, suffix: "boxes", at: output).map { path in
      guard let writer = try ReportWriters.writer(for: path) as? FigureWriter else {
        throw Failure.usage("boxes are drawn as a picture, .png, .jpg, .pdf or .svg; their numbers are --json")
      }
      return (writer.format, try OutputPlace(path, apartFrom: inputs))
    }
  }

  /// Draws what a detector found, and tells of a list that no box is likely enough for.
  private func draw(_ picture: AnsweredPicture, to file: (format: FigureFormat, place: OutputPlace)?) throws {
    if let detections = picture.detections, detections.isFaint, !detections.listed.isEmpty {
      Console.note(
        "no box in \(picture.subject.name) is as likely as \(Wording.percent(detections.threshold)): the likeliest are listed; "
          + "--confidence sets another bound")
    }
    guard let file else { return }
    guard let figure = picture.boxFigure else {
      throw Failure.usage("-o draws the boxes of a detector, and this network answers otherwise: leave it out")
    }
    try file.place.write(figure.render(as: file.format, workers: picture.explainer.workers))
    if !json { Console.say("Written: \(file.place.path)") }
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

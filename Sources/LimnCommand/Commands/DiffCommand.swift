import ArgumentParser
import AttributionKit
import Datasets
import Explaining
import Foundation
import Rendering
import Reporting
@_spi(Limn) import Tensors

/// `limn diff`: how two networks differ on pictures.
struct DiffCommand: LoadsPlugins {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare two networks: predictions that changed, maps that are unlike, the worst first.",
    discussion: """
      For a network before and after fine-tuning, pruning, quantisation or conversion. The maps are those of the class that the \
      first network predicts, in both.

      Examples:
        limn diff net.onnx net-int8.onnx photos
        limn diff net.onnx net.keras photos --methods grad-cam,gradient -o diff.png
        limn diff before.onnx after.onnx 'photos/*.jpg' -o diff.csv
      """)

  @Argument(help: ArgumentHelp("The first network.", valueName: "network"), completion: .file())
  var first: String

  @Argument(help: ArgumentHelp("The second network.", valueName: "network"), completion: .file())
  var second: String

  @Argument(
    help: ArgumentHelp("Folders, patterns, pictures, archives; - for a list on standard input.", valueName: "folder"),
    completion: .file())
  var inputs: [String]

  @Option(help: ArgumentHelp("The names of both networks' classes.", valueName: "file"), completion: .file())
  var labels: String?

  @Option(
    name: .customLong("second-labels"),
    help: ArgumentHelp("The names of the second network's classes, where they are others.", valueName: "file"),
    completion: .file())
  var secondLabels: String?

  @OptionGroup(title: "Preprocessing") var preprocessing: PreprocessingOptions

  @Option(
    name: .customLong("second-preset"),
    help: ArgumentHelp("The recipe that the second network was trained with, where it is another.", valueName: "name"))
  var secondPreset: String?

  @OptionGroup(title: "Methods") var methods: MethodsOptions
  @OptionGroup(title: "Drawing") var rendering: RenderingOptions
  @OptionGroup(title: "Plugins") var plugins: PluginOptions

  @Option(help: ArgumentHelp("How many threads to compute on; without it, one per core.", valueName: "number"))
  var threads: Int?

  @Option(help: ArgumentHelp("How many pictures to show.", valueName: "number"))
  var top = 12

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "Where the result goes: .json or .csv for every picture, .png, .jpg, .pdf or .svg for the worst side by side.",
      valueName: "file"))
  var output: String?

  @Flag(help: "Print every picture as JSON instead of the table.")
  var json = false

  func validate() throws {
    if inputs.isEmpty { throw ValidationError("which pictures? Name a folder or pictures after the two networks") }
    guard (1...1000).contains(top) else { throw ValidationError("--top \(top): give a number from 1 to 1000") }
    if let threads, !Threading.sensibleCounts.contains(threads) {
      throw ValidationError("--threads \(threads): give a number from 1 to \(Threading.sensibleCounts.upperBound)")
    }
  }

  func run(with catalogue: Catalogue) throws {
    let style = try rendering.style(from: catalogue)
    let read = try [(first, labels), (second, secondLabels ?? labels)].flatMap { path, labels in
      var file = NetworkFile(path)
      file.labels = labels
      _ = try file.followManifestBeside()
      return file.files
    }
    let file = try output.map { try DifferenceFile($0, apartFrom: inputs + read) }
    var methods = methods
    methods.methods = methods.methods ?? "grad-cam"
    _ = try methods.expressions(from: catalogue, layer: methods.layer.layer)
    let reader = try DatasetReader(inputs, list: nil, shard: nil) { false }
    let networks = try [
      open(first, labels, nil, catalogue, reader),
      open(second, secondLabels ?? labels, secondPreset, catalogue, reader),
    ]
    let expressions = try networks.map {
      try methods.expressions(from: catalogue, layer: methods.layer.layer, on: $0.model)
    }
    let difference = try NetworkDifference(
      networks[0], networks[1], methods: expressions[0], secondMethods: expressions[1])
    let (findings, bad) = try self.findings(reader, difference)
    let report = DifferenceReport(first, second, findings)
    if let file {
      try file.write(report) {
        let worst = try report.findings.prefix(top).compactMap { try picture(named: $0.image) }
        return try difference.sheet(of: worst.map { try difference.pair(on: $0) }, style: style).figure
      }
    }
    if json { try JSONOutput.show(report) } else { show(report, file?.path) }
    if !bad.isEmpty {
      throw Failure.badData(
        "\(bad.count) of \(bad.count + findings.count) pictures could not be used: \(bad.prefix(5).joined(separator: ", "))"
      )
    }
  }

  private func open(
    _ path: String, _ labels: String?, _ preset: String?, _ catalogue: Catalogue, _ reader: DatasetReader
  ) throws -> Explainer {
    var file = NetworkFile(path)
    (file.labels, file.recipe, file.layer, file.threads) = (labels, preprocessing.recipe, methods.layer.layer, threads)
    if let preset {
      var options = preprocessing
      options.preset = preset
      file.recipe = options.recipe
    }
    if let note = try file.followManifestBeside() { Console.note(note) }
    file.arrayShape = try reader.firstArrayShape()
    let explainer = try Explainer(file, catalogue: catalogue)
    for note in explainer.notes + (explainer.recipeNote.map { [$0] } ?? []) {
      Console.note("\(path): \(note.sentence)")
    }
    return explainer
  }

  private func findings(
    _ reader: DatasetReader, _ difference: NetworkDifference
  ) throws -> ([NetworkDifference.Finding], bad: [String]) {
    var (findings, bad) = ([NetworkDifference.Finding](), [String]())
    let progress = ProgressLine()
    while let entry = try reader.next() {
      progress.say("\(entry.name) (\(findings.count + 1)) …")
      do {
        findings.append(try difference.pair(on: entry.decoded(pixelLimit: difference.first.pixelLimit)).finding)
      } catch {
        let reason = ExplainingError(error)
        guard reason.isAboutPicture else { throw reason }
        Console.note("\(entry.name) is left out: \(Failure(reason).description)")
        bad.append(entry.name)
      }
    }
    progress.finish()
    guard !findings.isEmpty else {
      throw bad.isEmpty
        ? Failure.missingInput("there is no picture in \(inputs.joined(separator: ", "))")
        : Failure.badData("none of the \(bad.count) pictures could be used")
    }
    return (findings, bad)
  }

  /// A picture of the set, looked up again: none is kept.
  private func picture(named name: String) throws -> Picture? {
    let reader = try DatasetReader(
      inputs.filter { $0 != "-" } + (inputs.contains("-") ? [name] : []), list: nil, shard: nil
    ) { false }
    while let entry = try reader.next() { if entry.name == name { return try entry.decoded() } }
    return nil
  }

  private func show(_ report: DifferenceReport, _ path: String?) {
    let share = Float(report.changed) / Float(report.pictures)
    Console.say("\(report.changed) of \(report.pictures) predictions changed (\(Wording.percent(share)))")
    for mean in report.methods {
      let numbers = [("rank correlation", mean.similarity), ("SSIM", mean.ssim)].map {
        "\($0) \($1.map { Wording.fixed($0, places: 3) } ?? "–")"
      }
      Console.say("\(mean.method): mean \(numbers.joined(separator: ", "))")
    }
    Console.say("")
    var table = Table(
      ["Picture", "First", "Second", "Changed"] + report.methods.map(\.method),
      numbers: Set(4..<4 + report.methods.count))
    for finding in report.findings.prefix(top) {
      table.append(
        [
          elided(finding.image, to: 40), named(finding.first), named(finding.second), finding.hasChanged ? "yes" : "",
        ] + finding.maps.map { $0.similarity.map { Wording.fixed(Double($0), places: 3) } ?? "–" })
    }
    table.show()
    let classes = report.classes.prefix(top)
    if report.classes.count > 1 {
      Console.say("")
      var table = Table(["Class", "Pictures", "Changed", "Rank correlation"], numbers: [1, 2, 3])
      for one in classes {
        table.append([
          elided(one.name, to: 40), "\(one.pictures)", "\(one.changed)",
          one.similarity.map { Wording.fixed($0, places: 3) } ?? "–",
        ])
      }
      table.show()
    }
    if let path { Console.say("Written: \(path)") }
  }

  private func named(_ choice: NetworkDifference.Choice) -> String {
    "\(elided(choice.name, to: 28)) \(Wording.percent(choice.probability))"
  }
}

/// Where a difference goes, and as what.
private struct DifferenceFile {
  private let kind: Kind
  private let place: OutputPlace
  var path: String { place.path }

  private enum Kind {
    case json, csv
    case figure(FigureFormat)
  }

  init(_ path: String, apartFrom inputs: [String]) throws {
    let ending = URL(fileURLWithPath: path).pathExtension.lowercased()
    switch ending {
    case "json": kind = .json
    case "csv": kind = .csv
    default:
      guard let format = FigureFormat(fileExtension: ending) else {
        throw Failure.usage("'\(path)' has no extension that tells what to write: json, csv, png, jpg, pdf or svg")
      }
      kind = .figure(format)
    }
    place = try OutputPlace(path, apartFrom: inputs)
  }

  func write(_ report: DifferenceReport, figure: () throws -> ComparisonSheet) throws {
    switch kind {
    case .json: try place.write(ReportJSON.encode(report))
    case .csv: try place.write(Array(report.csv.utf8))
    case .figure(let format):
      try place.write(figure().render(as: format, scale: format == .png || format == .jpeg ? 1.5 : 1))
    }
  }
}

import ArgumentParser
import AttributionKit
import Benchmarking
import Explaining
import Foundation

/// `limn benchmark`: methods held against a known truth.
struct BenchmarkCommand: LoadsPlugins {
  static let configuration = CommandConfiguration(
    commandName: "benchmark", abstract: "Hold methods against tasks of which it is known where the evidence lies.",
    discussion: """
      Nothing is downloaded: scenes are drawn, networks have weights set by hand or are taken apart so that the truth is known. \
      Photographs and a network of your own take the place of the demo's in the tasks of mosaics.

      Examples:
        limn benchmark
        limn benchmark *.jpg --model net.onnx --tasks difull,grid-pg --methods cams
      """)

  @Argument(help: ArgumentHelp("Photographs for the mosaics, four or more.", valueName: "image"), completion: .file())
  var images: [String] = []

  @OptionGroup(title: "Network") var model: ModelOptions
  @OptionGroup(title: "Network") var plugins: PluginOptions
  @OptionGroup(title: "Preprocessing") var preprocessing: PreprocessingOptions
  @OptionGroup(title: "Methods") var methods: MethodsOptions

  @Option(
    help: ArgumentHelp(
      "The tasks, separated by commas: \(Self.names.joined(separator: ", ")).",
      discussion: "Without it, all; of a network of your own, difull and grid-pg.", valueName: "list"))
  var tasks: String?

  @Option(
    name: [.short, .long], help: ArgumentHelp("Where the table goes, as Markdown (.md).", valueName: "file"))
  var output: String?

  private static let names =
    ["difull", "grid-pg"] + Scenes.Kind.allCases.map(\.rawValue) + ["watermark"] + SetUnit.Kind.allCases.map(\.rawValue)
    + Reasoning.Kind.allCases.map(\.rawValue) + Tetrominoes.Kind.allCases.map(\.rawValue)

  func run(with catalogue: Catalogue) throws {
    let network = try model.file(preprocessing.recipe, layer: methods.layer.layer)
    _ = try methods.expressions(from: catalogue, layer: network.layer)
    if let output, !output.lowercased().hasSuffix(".md") {
      throw Failure.usage("'\(output)': the table is written as Markdown, to a name that ends in .md")
    }
    guard images.isEmpty || images.count >= 4 else {
      throw Failure.usage("a mosaic has four photographs: give as many, or more")
    }
    let names = try taskNames()
    let place = try output.map { try OutputPlace($0, apartFrom: images + model.paths(with: network)) }
    let work = try Workload(
      images: images, of: network, model, TargetOptions(region: RegionOption(nil)), in: catalogue,
      scenes: JudgedScenes.singles)
    let expressions = try catalogue.expressions(
      methods.methods ?? "fast, controls", layer: network.layer,
      on: methods.methods == nil ? nil : work.explainer.model)
    let progress = ProgressLine()
    let pictures =
      names.contains(where: { ["difull", "grid-pg"].contains($0) })
      ? try work.queue.pictures.indices.map { try work.answer(at: $0, progress) } : []
    let benchmark = try Benchmark(of: expressions, on: names.map { try task($0, pictures) }) { task in
      progress.finish()
      progress.say("\(task.identifier) …")
    }
    progress.finish()
    if let place {
      try place.write(Array(benchmark.markdown.utf8))
      Console.say("Written: \(place.path)")
    } else {
      Console.write(benchmark.markdown)
    }
  }

  private func taskNames() throws -> [String] {
    guard let tasks else { return model.isDemo ? Self.names : ["difull", "grid-pg"] }
    let names = tasks.split(separator: ",").map { String($0).trimmed.lowercased() }
    if let stranger = names.first(where: { !Self.names.contains($0) }) {
      throw Failure.usage("there is no task '\(stranger)'; there are \(Self.names.joined(separator: ", "))")
    }
    return names
  }

  private func task(_ name: String, _ pictures: [AnsweredPicture]) throws -> any BenchmarkTask {
    if let kind = Scenes.Kind(rawValue: name) { return try Scenes(kind) }
    if let kind = SetUnit.Kind(rawValue: name) { return SetUnit(kind) }
    if let kind = Reasoning.Kind(rawValue: name) { return Reasoning(kind) }
    if let kind = Tetrominoes.Kind(rawValue: name) { return Tetrominoes(kind) }
    switch name {
    case "difull": return DisconnectedMosaics(pictures)
    case "grid-pg": return GridPointingGame(pictures)
    default: return Watermark()
    }
  }
}

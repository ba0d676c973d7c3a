import ArgumentParser
import AttributionKit
import Explaining
import Foundation
import Reporting

/// `limn init`: a manifest for a network, to be completed by whoever knows it.
struct InitCommand: LoadsPlugins {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Write a manifest for a network: what its file does not say.",
    discussion: """
      The manifest lies beside the network, net.limn.json for net.onnx, and later commands follow it. What can be \
      inferred is filled in, with what the options below say; its notes tell what is missing or assumed.

      Example:
        limn init --model net.onnx --labels names.txt --preset imagenet
      """)

  @OptionGroup(title: "Network") var model: ModelOptions
  @OptionGroup(title: "Network") var plugins: PluginOptions
  @OptionGroup(title: "Preprocessing") var preprocessing: PreprocessingOptions
  @OptionGroup var layer: LayerOption

  @Option(name: [.short, .long], help: ArgumentHelp("Where the manifest goes; beside the network without it."))
  var output: String?

  @Flag(help: "Replace a manifest that is there already.")
  var force = false

  func validate() throws {
    if model.isDemo { throw ValidationError("which network? `limn init --model net.onnx`") }
  }

  func run(with catalogue: Catalogue) throws {
    guard let network = model.model ?? model.weights else { throw Failure.usage("which network?") }
    let path = output ?? Manifest.path(beside: network)
    guard force || !FileManager.default.fileExists(atPath: path) else {
      throw Failure.cannotCreate("\(path) is there already: edit it, or replace it with --force")
    }
    let file = try model.file(preprocessing.recipe, layer: layer.layer)
    for named in model.files(with: file) { try named.check() }
    // The manifest that is replaced speaks for the network, and may be written over.
    let place = try OutputPlace(path, apartFrom: model.paths(with: file).filter { $0 != file.manifest })
    let manifest = try manifest(of: model.open(file, in: catalogue), file, at: path)
    try place.write(try ReportJSON.encode(manifest))
    for note in manifest.notes ?? [] { Console.say(note) }
    Console.say("Written: \(path)")
  }

  /// What is known of the network; a manifest that was there already has spoken through `file`.
  private func manifest(of explainer: Explainer, _ file: NetworkFile, at path: String) throws -> Manifest {
    let explained = try explainer.defaultLayer()
    var notes = [outputNote(explainer)]
    if file.labels == nil, explainer.names.labels == nil, explainer.isScored {
      notes.append(labelsNote(explainer.names))
    }
    if preprocessing.recipe.isAssumed {
      notes.append(
        explainer.isPreprocessingAssumed
          ? "preprocessing: assumed, since the file does not say; compare `limn predict` with known answers"
          : "preprocessing: as the file says")
    }
    if let automatic = explainer.model.automaticLayer, file.layer == nil {
      notes.append("layer: \(automatic.reason); `limn layers` lists the others")
    }
    return Manifest(
      labels: file.labels.map { relative($0, to: path) }, preprocessing: recipe(for: explainer),
      layer: explainer.detectionHead == nil ? explained?.name : nil, output: file.output, answer: file.answer,
      score: file.score ?? .logit,
      detection: file.detection, lambdas: file.lambdas.isEmpty ? nil : file.lambdas, notes: notes)
  }

  /// What the output is, as far as its shape tells.
  private func outputNote(_ explainer: Explainer) -> String {
    let shape = Wording.extent(explainer.outputShape), names = explainer.names
    if let head = explainer.detectionHead {
      return
        "output: a detector, \(head.name); 'detection' says otherwise by classes, boxes, units, background, scores, "
        + "objectness, strides"
    }
    if !explainer.isScored {
      return
        "output: \(shape) numbers, neither a score for each class nor a map of them: it may hold boxes or features; "
        + "`limn layers` lists values before it, one of which 'output' can name, and 'answer' can be 'numbers'"
    }
    if names.areNumbers {
      return explainer.hasPlaces
        ? "output: \(shape), numbers at each place that are no scores of classes; explained everywhere, unless --region says "
          + "otherwise"
        : "output: \(names.count == 1 ? "one number" : "\(names.count) numbers, of which --target names one"), no scores of "
          + "classes"
    }
    if explainer.hasPlaces {
      return "output: a segmentation, \(shape); explained where it predicts the class, unless --region says otherwise"
    }
    if names.isBinary {
      return
        "output: one logit, whose sides are 'positive' and 'negative'; if it is a measure, say \"answer\": \"numbers\""
    }
    return
      "output: \(shape) numbers, taken for classes; if they are an embedding, explain with --similar-to; if they are "
      + "measures, say \"answer\": \"numbers\""
  }

  private func labelsNote(_ names: ClassNames) -> String {
    let classes = names.count
    if names.areNumbers { return "labels: missing; name a text file with \(classes) lines, what each number is" }
    if classes == 1 {
      return "labels: missing; name a text file with the positive side's name, or the negative's and the positive's"
    }
    let kind =
      switch classes {
      case 1000: ", as many as ImageNet's"
      case 1001: ", as many as ImageNet's with the background in front"
      default: ""
      }
    return "labels: missing; name a text file with \(classes) lines, one class each\(kind)"
  }

  private func recipe(for explainer: Explainer) -> Recipe? {
    guard let grid = explainer.grid, let recipe = explainer.preprocessing else { return nil }
    return Recipe(describing: recipe, size: ImageSize(height: grid.height, width: grid.width))
  }

  /// A file as seen from the manifest's folder, where it lies in or below it.
  private func relative(_ file: String, to manifest: String) -> String {
    let folder = URL(fileURLWithPath: manifest).deletingLastPathComponent().standardizedFileURL.path + "/"
    let whole = URL(fileURLWithPath: file).standardizedFileURL.path
    return whole.hasPrefix(folder) ? String(whole.dropFirst(folder.count)) : whole
  }
}

import ArgumentParser
import AttributionKit
import DemoNetwork

/// `limn layers`: what can be explained on.
struct LayersCommand: ParsableCommand, UsesPlugins {
  static let configuration = CommandConfiguration(
    commandName: "layers",
    abstract: "List the network's layers in evaluation order, which can be explained on, and which is by default.",
    discussion: """
      With an image, each layer's gradient is shown too: the Euclidean norm of the score's derivative. Without \
      --model, the demo network is shown one of its scenes.
      """)

  @Argument(
    help: ArgumentHelp(
      "A photograph (PNG, JPEG) or an array (.npy) in the network's input shape; for the demo network, also a scene.",
      valueName: "image"), completion: .file())
  var image: String?

  @OptionGroup(title: "Network") var model: ModelOptions
  @OptionGroup(title: "Network") var plugins: PluginOptions
  @OptionGroup(title: "Preprocessing") var preprocessing: PreprocessingOptions
  @OptionGroup(title: "Target") var target: TargetOptions

  @Flag(help: "List only layers with a spatial extent, which methods of the CAM family take.")
  var spatial = false

  @Flag(help: "Print JSON.")
  var json = false

  mutating func run() throws {
    (model, preprocessing) = try Manifest.filled(model, preprocessing)
    try model.checkFiles()
    let (classifier, explanation) = try subject()
    let layers = classifier.model.layers.filter { $0.isSpatial || !spatial }
    let norms = try explanation.map { try GradientNorms(of: layers, in: $0.session) }
    if json {
      return try JSONOutput.show(LayersReport(classifier, layers: layers, explanation: explanation, norms: norms))
    }
    show(layers, norms, of: classifier.model)
    if let explanation { Console.say("Gradients: of \(explanation.rowTitle), on \(explanation.subject.name)") }
  }

  /// The network, and what it makes of an image where there is one.
  private func subject() throws -> (classifier: Classifier, explanation: Explanation?) {
    guard let image = image ?? (model.isDemo ? DemoNetwork.scenes.first?.name : nil) else {
      return (try Classifier(model, preprocessing), nil)
    }
    let work = try Workload(images: [image], model: model, preprocessing: preprocessing, targets: target)
    let explanations = try work.explanations(at: 0, progress: Progress())
    guard explanations.count == 1 else { throw Failure.usage("'layers' takes one target") }
    return (work.classifier, explanations[0])
  }

  private func show(_ layers: [Layer], _ norms: GradientNorms?, of model: any ModelAdapter) {
    let automatic = model.automaticLayer
    var table = Table(
      ["", "Layer", "Operator", "Shape", "Grid"] + (norms == nil ? [] : ["Gradient"]) + ["For maps"],
      numbers: norms == nil ? [] : [5])
    for layer in layers {
      let cells = [
        layer == automatic?.layer ? "→" : "", layer.name, layer.operatorName, Wording.extent(layer.nativeShape),
        layer.isSpatial ? Wording.extent(Array(layer.shape.dropFirst())) : "",
      ]
      table.append(cells + (norms.map { [Wording.significant($0[layer])] } ?? []) + [layer.suitability.sentence])
    }
    table.show()
    Console.say("")
    if let automatic {
      Console.say("Default: \(automatic.layer.name), \(automatic.reason)")
    } else {
      Console.say("No layer has a spatial extent: methods of the CAM family do not apply to this network.")
    }
  }
}

/// Whether maps can be drawn on a layer's grid.
enum Suitability: String, Encodable {
  case suitable
  case outOfReach = "out of reach"
  case notSpatial = "not spatial"

  /// In the words of the table.
  var sentence: String {
    switch self {
    case .suitable: "yes"
    case .outOfReach: "no: the score cannot depend on its places"
    case .notSpatial: "no"
    }
  }
}

extension Layer {
  var suitability: Suitability { isSpatial ? (reachesScore ? .suitable : .outOfReach) : .notSpatial }
}

import ArgumentParser
import AttributionKit
import DemoNetwork
import Explaining
import Reporting

/// `limn layers`: what can be explained on.
struct LayersCommand: LoadsPlugins {
  static let configuration = CommandConfiguration(
    commandName: "layers",
    abstract: "List the network's layers in evaluation order, which can be explained on, and which is by default.",
    discussion: """
      With an image, each layer's gradient is shown too: the Euclidean norm of the score's derivative. Without \
      --model, the demo network is shown one of its scenes.
      """)

  @Argument(
    help: ArgumentHelp(
      "A photograph (PNG, JPEG, TIFF, WebP …; - for standard input) or an array (.npy) in the network's input shape; for the demo network, also a scene.",
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

  func run(with catalogue: Catalogue) throws {
    let file = try model.file(preprocessing.recipe)
    for named in model.files(with: file) { try named.check() }
    let (explainer, inquiry) = try subject(file, in: catalogue)
    // Of a detector, some layers matter for the box asked about and some do not.
    let seen = inquiry?.session.model ?? explainer.model
    let layers = seen.layers.filter { $0.isSpatial || !spatial }
    let norms = try inquiry.map { try GradientNorms(of: layers, in: $0.session) }
    if json { return try JSONOutput.show(LayersReport(explainer, layers: layers, inquiry: inquiry, norms: norms)) }
    show(layers, norms, of: seen)
    if let inquiry { Console.say("Gradients: of \(inquiry.title), on \(inquiry.picture.subject.name)") }
  }

  /// The network, and what it makes of an image where there is one.
  private func subject(_ file: NetworkFile, in catalogue: Catalogue) throws -> (explainer: Explainer, inquiry: Inquiry?)
  {
    guard let image = image ?? (model.isDemo ? DemoNetwork.scenes.first?.name : nil) else {
      return (try model.open(file, in: catalogue), nil)
    }
    var file = file
    file.score = target.score
    let work = try Workload(images: [image], of: file, model, target, in: catalogue)
    let picture = try work.answer(at: 0, ProgressLine())
    return (work.explainer, try work.onlyInquiry(about: picture, at: 0, otherwise: "'layers' takes one target"))
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
      table.append(cells + (norms.map { [Wording.significant($0[layer])] } ?? []) + [Suitability(of: layer).sentence])
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

extension Suitability {
  /// In the words of the table.
  fileprivate var sentence: String {
    switch self {
    case .suitable: "yes"
    case .outOfReach: "no: the score cannot depend on its places"
    case .notSpatial: "no"
    }
  }
}

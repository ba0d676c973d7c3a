import ArgumentParser
import AttributionKit
import GraphAdapter

/// `limn layers`: what can be explained on.
struct LayersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "layers", abstract: "List the network's layers in evaluation order, and which is explained by default."
  )

  @OptionGroup(title: "Network") var model: ModelOptions
  @OptionGroup(title: "Preprocessing") var preprocessing: PreprocessingOptions

  @Flag(help: "List only layers with a spatial extent, which methods of the CAM family take.")
  var spatial = false

  @Flag(help: "Print JSON.")
  var json = false

  mutating func run() throws {
    (model, preprocessing) = try Manifest.filled(model, preprocessing)
    try model.checkFiles()
    let classifier = try Classifier(model, preprocessing)
    let layers = classifier.model.layers.filter { $0.isSpatial || !spatial }
    if json { return try JSONOutput.show(LayersReport(classifier, layers: layers)) }
    let automatic = classifier.model.automaticLayer
    var table = Table(["", "Layer", "Operator", "Shape"])
    for layer in layers {
      table.append([layer == automatic?.layer ? "→" : "", layer.name, layer.operatorName, Wording.extent(layer.shape)])
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

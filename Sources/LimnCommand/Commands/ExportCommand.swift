import ArgumentParser
import AttributionKit
import Explaining
import Exporting
import Foundation
import GraphAdapter
import Reporting
import Tensors

/// `limn export`: a method's map as part of the network's own file.
struct ExportCommand: LoadsPlugins {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a network's file with a method's map among its outputs.",
    discussion: """
      The file holds the network as it was, its weights once, and one more output: limn_map, signed and unscaled, \
      computed by ONNX's standard operators for any number of images that the network takes. Documentation/Exporting.md \
      says which methods and operators can be written so.

      Examples:
        limn export net.onnx --method grad-cam -o net+map.onnx
        limn export net.onnx --method 'grad-cam(layer=conv[-2])' --target input --size input
        limn export net.onnx --method 'lrp(epsilon-plus)' --target 281 --opset 21
      """)

  @Argument(
    help: ArgumentHelp("The network, an ONNX file.", valueName: "network"),
    completion: .file(extensions: ["onnx"]))
  var network: String?

  @OptionGroup(title: "Network") var model: ModelOptions
  @OptionGroup(title: "Network") var plugins: PluginOptions

  @Option(
    help: ArgumentHelp(
      "The recipe the network was trained with, which says what black is for baselines; zero without it.",
      valueName: "name"))
  var preset: String?

  @Option(
    help: ArgumentHelp(
      "The image's size where the network leaves it open: 224, or 240x320 with the height first.",
      valueName: "n|hxw"))
  var imageSize: ImageSize?

  @Option(
    name: [.short, .long], parsing: .unconditional,
    help: ArgumentHelp(
      """
      What the map is of: the class that the network predicts for each image, one class by number or name or 'A - B', \
      or 'input' for one that the input limn_target chooses for each image.
      """, valueName: "prediction|class|input"))
  var target = "prediction"

  @OptionGroup(title: "Method") var method: MethodOption
  @OptionGroup(title: "Method") var compatibility: CompatibilityOption

  @Option(
    help: ArgumentHelp(
      "The size of a layer's map: the layer's own, or stretched bilinearly to the image's.",
      valueName: "layer|input"))
  var size = MapSize.layer

  @Flag(inversion: .prefixedNo, help: "Whether the network's own outputs stay beside the map.")
  var keepOutputs = true

  @Option(
    help: ArgumentHelp(
      "The version of ONNX's operators, 13 to 21; the file's own from 17 on, or else 17.", valueName: "number"))
  var opset: Int?

  @Option(
    name: [.short, .long], help: ArgumentHelp("Where the file goes; net+map.onnx without it.", valueName: "file"))
  var output: String?

  enum MapSize: String, ExpressibleByArgument, CaseIterable { case layer, input }

  func run(with builtIn: Catalogue) throws {
    var model = model
    if let network {
      guard model.model == nil, model.network == nil else {
        throw Failure.usage("the network is named twice: leave out --model or --network")
      }
      model.model = network
    }
    guard let path = model.model ?? model.weights else { throw Failure.usage("which network? `limn export net.onnx`") }
    if let opset, !(13...21).contains(opset) {
      throw Failure.usage("--opset \(opset): maps are written in opsets 13 to 21")
    }
    let catalogue = compatibility.applied(to: builtIn)
    let file = try model.file(Recipe(preset: preset, size: imageSize), layer: method.layer.layer)
    for named in model.files(with: file) { try named.check() }
    let expression = try method.expression(from: catalogue, layer: file.layer)
    let stem = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    let place = try OutputPlace(output ?? "\(stem)+map.onnx", apartFrom: model.paths(with: file))
    let explainer = try model.open(file, in: catalogue)
    guard let graph = explainer.model as? GraphModel else {
      throw Failure.badData("\(path) is no file of a graph that a map could be added to")
    }
    _ = try explainer.defaultLayer()
    if let unmet = expression.unmetNeeds(by: explainer.model).first {
      throw Failure.badData("\(expression.identifier) needs \(unmet.need.words): \(unmet.reason)")
    }
    // Of an answer that is about no class, `explain` knows what is asked instead.
    if graph.outputs[0].link == nil, ["prediction", "input"].contains(target.lowercased()) {
      _ = try inquiries(.prediction, of: explainer)
    }
    let (target, name) = try asked(of: explainer)
    var request = MapExportRequest(
      path, method: expression.method, expression: expression.identifier, target: target, targetName: name,
      options: SessionOptions(colors: explainer.toldColors))
    request.isONNX = explainer.origin.opset != nil
    (request.opset, request.isStretched, request.keepsOutputs) = (opset, size == .input, keepOutputs)
    request.facts = [("limn_version", Release.version)]
    let export: MapExport
    do { export = try MapExport(request, of: graph) } catch let error as ExportError {
      throw Failure.badData(([error.description] + (error.remedy.map { [$0] } ?? [])).joined(separator: "; "))
    }
    for note in export.notes { Console.note(note) }
    guard !export.hasFilesBeside || Self.folder(of: place.path) == Self.folder(of: path) else {
      throw Failure.usage("\(path) has its weights in files beside it: let -o name a file in the same folder")
    }
    try place.write(export.data)
    let extents = (export.images.map { [$0] } ?? ["1"]) + export.shape.map { "\($0)" }
    Console.say("Method: \(expression.title)")
    Console.say("Target: \(name)")
    Console.say("Layer: \(explainer.description(of: export.layer))")
    Console.say("Output: limn_map, \(extents.joined(separator: " × ")), opset \(export.opset)")
    let deviation = export.deviation.map {
      "; read again, the map is the method's own but for \(Self.spelled($0)) of its largest value"
    }
    Console.say("Added: \(export.addedNodes) nodes, \(export.addedBytes) bytes\(deviation ?? "")")
    Console.say("Written: \(place.path)")
  }

  /// What the map is of, and what that is called.
  private func asked(of explainer: Explainer) throws -> (MapExport.Target, String) {
    let text = target.trimmingCharacters(in: .whitespaces)
    switch text.lowercased() {
    case "prediction" where !explainer.names.areNumbers: return (.open(.prediction), "prediction")
    case "input": return (.open(.chosen), "input")
    default:
      // What is meant does not depend on the picture.
      let inquiries = try inquiries(TargetExpression(text), of: explainer)
      guard inquiries.count == 1, !text.lowercased().hasPrefix("top:") else {
        throw Failure.usage("--target \(text): a map is of one class, the prediction, or one chosen by an input")
      }
      guard explainer.hasPlaces, !explainer.names.areNumbers, inquiries[0].score == .logit else {
        return (.score(inquiries[0].session.target), inquiries[0].targetName)
      }
      // Where the class is predicted is another place in each image.
      return (.score(RegionMean(of: inquiries[0].target.base, over: .predicted)), inquiries[0].targetName)
    }
  }

  /// What is asked of a picture on which there is nothing.
  private func inquiries(_ target: TargetExpression, of explainer: Explainer) throws -> [Inquiry] {
    let blank = Picture(Tensor(repeating: 0, shape: explainer.model.input.shape), named: "nothing")
    let region = explainer.hasPlaces ? RegionExpression.everywhere : nil
    return try explainer.predict(blank).inquiries(Question([target], region: region))
  }

  private static func folder(of path: String) -> String {
    URL(fileURLWithPath: path).deletingLastPathComponent().standardizedFileURL.resolvingSymlinksInPath().path
  }

  private static func spelled(_ share: Float) -> String { String(format: "%.1e", Double(share)) }
}

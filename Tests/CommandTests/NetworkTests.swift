import Foundation
import NetworkDefinitions
import Tensors
import TestSupport
import Testing

/// Networks by name, their weights beside them.
@Suite struct NetworkTests {
  let folder: Folder

  init() throws {
    folder = try Folder()
    try folder.writePhotograph()
    var generator = SplitMix64(seed: 20)
    let parameters = try NetworkDefinition.cifarResnet20.parameters(classes: 3)
    let weights = parameters.map { parameter in
      let isPositive = parameter.name.hasSuffix("running_var") || parameter.name.hasSuffix("bn1.weight")
      let scalars = (0..<parameter.count).map { _ in isPositive ? 1 : generator.uniform() - 0.5 }
      return (parameter.name, Tensor(scalars, shape: parameter.shape))
    }
    try folder.write(safetensors(Dictionary(uniqueKeysWithValues: weights)), to: "weights.safetensors")
  }

  private let network = ["--network", "cifar-resnet20", "--weights", "weights.safetensors"]

  @Test func `a network by name is explained with its weights, and the report names both`() throws {
    let run = try Command.run(
      ["compare", "photo.png", "--methods", "grad-cam,gradient", "-o", "sheet.png", "--json"] + network, in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(folder.has("sheet.png"))
    #expect(run.errors.contains("assuming imagenet preprocessing"))
    struct Named: Decodable {
      struct Model: Decodable { let file: String, network: String?, producer: String?, opset: Int?, classes: Int }
      let model: Model
      let layer: Report.Layer
    }
    let reports = try JSONDecoder().decode([Named].self, from: Data(run.output.utf8))
    #expect(reports.map(\.layer.name) == ["layer3.2.relu_1", "input"])
    for report in reports {
      #expect(report.model.network == "cifar_resnet20" && report.model.file == "weights.safetensors")
      #expect(report.model.producer == nil && report.model.opset == nil && report.model.classes == 3)
    }
  }

  @Test func `every command takes a network by name, in the size asked for`() throws {
    for (arguments, text) in [
      (["layers", "--size", "48"], "layer3.0.shortcut"), (["predict", "photo.png", "--size", "40x64"], "Probability"),
      (["explain", "photo.png", "--size", "48", "-o", "map.npy"], "12 × 12"),
    ] {
      let run = try Command.run(arguments + network, in: folder)
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.output.contains(text))
    }
  }

  @Test func `an array's own shape is the size`() throws {
    try folder.write(numbers: Tensor.ramp([3, 40, 24]).scalars, shape: [3, 40, 24], to: "input.npy")
    let run = try Command.run(["explain", "input.npy", "-o", "map.npy", "--method", "gradient"] + network, in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(try folder.array("map.npy").shape == [3, 40, 24])
  }

  @Test func `weights of another network are refused, with their tensors and the network they fit`() throws {
    let run = try Command.run(
      ["layers", "--network", "cifar_resnet56", "--weights", "weights.safetensors"], in: folder)
    #expect(run.status == 65)
    #expect(run.errors.contains("layer1.3.conv1.weight (16 × 16 × 3 × 3"))
    #expect(run.errors.contains("180 tensors are missing") && run.errors.contains("and 176 more"))
    #expect(run.errors.contains("they fit cifar_resnet20"))
  }

  @Test func `the weights are an input that is never written over`() throws {
    let before = try folder.bytes("weights.safetensors")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("map.npy"), withDestinationPath: "weights.safetensors")
    let run = try Command.run(["explain", "photo.png", "-o", "map.npy"] + network, in: folder)
    #expect(run.status == 64)
    #expect(try folder.bytes("weights.safetensors") == before)
  }

  @Test func `the list of networks holds what the catalogue holds`() throws {
    let table = try Command.run(["networks"], in: folder)
    let names = table.output.split(separator: "\n").dropFirst().compactMap { $0.split(separator: " ").first }
    #expect(names.map(String.init) == NetworkDefinition.builtIn.map(\.name))
    struct Listed: Decodable { let name: String, parameters: Int, classes: Int, input: [Int], source: String }
    let json = try Command.run(["networks", "--json"], in: folder)
    let listed = try JSONDecoder().decode([Listed].self, from: Data(json.output.utf8))
    #expect(listed.first { $0.name == "resnet50" }?.parameters == 25_557_032)
    #expect(listed.first { $0.name == "cifar_resnet56" }?.input == [3, 32, 32])
  }
}

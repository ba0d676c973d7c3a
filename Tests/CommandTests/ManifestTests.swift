import Foundation
import NetworkDefinitions
import Tensors
import TestSupport
import Testing

/// What a network's file does not say, said beside it.
@Suite struct ManifestTests {
  let folder: Folder
  private let network = ["--network", "cifar-resnet20", "--weights", "net.safetensors"]

  init() throws {
    folder = try Folder()
    try folder.writePhotograph()
    var generator = SplitMix64(seed: 7)
    let weights = try NetworkDefinition.cifarResnet20.parameters(classes: 3).map { parameter in
      let isPositive = parameter.name.hasSuffix("running_var")
      let scalars = (0..<parameter.count).map { _ in isPositive ? 1 : generator.uniform() - 0.5 }
      return (parameter.name, Tensor(scalars, shape: parameter.shape))
    }
    try folder.write(safetensors(Dictionary(uniqueKeysWithValues: weights)), to: "net.safetensors")
  }

  private func report(_ more: String...) throws -> (report: Report, notes: String) {
    let run = try Command.run(["explain", "photo.png", "--json"] + network + more, in: folder)
    #expect(run.status == 0, "\(run.errors)")
    return (try JSONDecoder().decode(Report.self, from: Data(run.output.utf8)), run.errors)
  }

  @Test func `a manifest beside the network speaks where the command line is silent`() throws {
    try folder.write(
      #"{"layer": "layer1.0.relu", "score": "probability", "preprocessing": {"preset": "unit"}, "labels": "names.txt"}"#,
      to: "net.limn.json")
    try folder.write("cat\ndog\nfox\n", to: "names.txt")
    let silent = try report()
    #expect(silent.report.layer?.name == "layer1.0.relu" && silent.report.score.kind == "probability")
    #expect(silent.report.predictions.allSatisfy { ["cat", "dog", "fox"].contains($0.label) })
    #expect(silent.notes.contains("net.limn.json") && !silent.notes.contains("assuming"))
    let outspoken = try report("--layer", "layer2.0.relu", "--score", "logit")
    #expect(outspoken.report.layer?.name == "layer2.0.relu" && outspoken.report.score.kind == "logit")
  }

  @Test func `init writes what can be inferred, says what cannot, and replaces nothing unasked`() throws {
    let arguments = ["init"] + network
    let run = try Command.run(arguments, in: folder)
    #expect(run.status == 0 && run.output.contains("labels: missing"), "\(run.errors)")
    let written = try folder.text("net.limn.json")
    #expect(written.contains("\"layer\"") && written.contains("\"preprocessing\""))
    // What it wrote can be read, and changes no result.
    let layer = try report().report.layer?.name
    #expect(written.contains("\"\(layer ?? "?")\""))
    #expect(try Command.run(arguments, in: folder).status == 73)
    #expect(try folder.text("net.limn.json") == written)
    #expect(try Command.run(arguments + ["--force", "--preset", "tf"], in: folder).status == 0)
    #expect(try folder.text("net.limn.json") != written)
  }

  @Test func `a manifest that cannot be followed ends the run before anything is written`() throws {
    try folder.write(#"{"lables": "names.txt"}"#, to: "odd.json")
    let run = try Command.run(["explain", "photo.png", "--manifest", "odd.json"] + network, in: folder)
    #expect(run.status == 65 && run.errors.contains("labels, preprocessing"), "\(run.errors)")
    try folder.write("[1]", to: "odd.json")
    let list = try Command.run(["explain", "photo.png", "--manifest", "odd.json"] + network, in: folder)
    #expect(list.status == 65 && list.errors.hasSuffix("; `limn init` writes one\n"), "\(list.errors)")
    #expect(try folder.contents == ["net.safetensors", "odd.json", "photo.png"])
  }
}

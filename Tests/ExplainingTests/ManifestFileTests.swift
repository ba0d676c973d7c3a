import AttributionKit
import Explaining
import Testing
import TestSupport

/// What a network's file does not say, in a file beside it.
@Suite struct ManifestFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `a manifest speaks where nothing else was settled`() throws {
    try folder.write(
      #"{"layer": "relu1", "lambdas": {"scale": "x / 2"}, "score": "probability", "output": "2", "labels": "names.txt", "#
        + #""preprocessing": {"preset": "tf", "size": "240x320", "fit": "stretch"}, "notes": ["why"]}"#,
      to: "net.limn.json")
    var silent = NetworkFile(folder.path("net.onnx"))
    let note = try silent.followManifestBeside()
    #expect(note?.sentence == "following \(folder.path("net.limn.json"))")
    #expect(silent.layer == "relu1" && silent.score == .probability && silent.output == "2")
    #expect(silent.lambdas == ["scale": "x / 2"])
    #expect(silent.labels == folder.path("names.txt"))
    #expect(silent.recipe == Recipe(preset: "tf", fit: .stretch, size: ImageSize("240x320")))
    var outspoken = NetworkFile(folder.path("net.onnx"))
    (outspoken.layer, outspoken.score, outspoken.labels) = ("relu2", .logit, "mine.txt")
    outspoken.recipe = Recipe(mean: [3])
    _ = try outspoken.followManifestBeside()
    #expect(outspoken.layer == "relu2" && outspoken.score == .logit && outspoken.labels == "mine.txt")
    #expect(outspoken.recipe.mean == [3] && outspoken.recipe.preset == nil && outspoken.recipe.fit == .stretch)
  }

  @Test func `where there is none, none is missed, and the demo network has none`() throws {
    var file = NetworkFile(folder.path("net.onnx")), demo = NetworkFile.demo
    #expect(try file.followManifestBeside() == nil && demo.followManifestBeside() == nil)
    #expect(file.layer == nil && file.recipe == Recipe())
    #expect(Manifest.path(beside: "a/net.v2.onnx") == "a/net.v2.limn.json")
  }

  @Test(arguments: [
    (#"{"lables": "names.txt"}"#, "labels, preprocessing"), (#"{"preprocessing": {"sdt": 1}}"#, "preset, mean, std"),
    (#"{"layer": 3}"#, "'layer' has a value of the wrong kind"),
    (#"{"preprocessing": {"mean": "1"}}"#, "'preprocessing.mean'"),
    (#"{"preprocessing": {"size": "big"}}"#, "'preprocessing.size' is \"big\"; write \"224\", or \"240x320\""),
    (#"{"preprocessing": {"fit": "tile"}}"#, "fit"), (#"{"score": "loss"}"#, "score"), ("[1]", "JSON object"),
    ("{", "JSON object"),
  ]) func `what a manifest cannot mean is refused with the field`(text: String, words: String) throws {
    let path = try folder.write(text, to: "odd.json")
    let error = refusal { try Manifest(contentsOf: path) }
    #expect(error?.fault == .data && error?.description.contains(words) == true, "\(error as Any)")
    #expect(error?.description.contains(path) == true)
  }

  @Test func `a recipe that cannot be followed is the manifest's fault`() throws {
    var file = NetworkFile("net.onnx")
    let error = refusal {
      try file.follow(Manifest(preprocessing: Recipe(preset: "mine")), at: "net.limn.json")
    }
    #expect(error?.fault == .data && error?.description.hasPrefix("net.limn.json: there is no preset 'mine'") == true)
    #expect(refusal { try Manifest(contentsOf: folder.path("none.json")) }?.fault == .missingInput)
  }
}

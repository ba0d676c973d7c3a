import AttributionKit
import Tensors
import TestSupport
import Testing

@Suite struct TargetLayerTests {
  let network = ChainNetwork.tiny()

  func resolve(_ text: String) throws -> String { try TargetLayer(text).resolve(in: network).name }

  @Test(arguments: [
    ("relu1", "relu1"), ("automatic", "relu2"), ("*lu2", "relu2"), ("r?lu1", "relu1"), ("c*1", "conv1"),
    ("conv[0]", "conv1"), ("conv[-1]", "conv2"), ("Convolution[1]", "conv2"), ("RELU[-2]", "relu1"),
    ("input", "input"),
  ]) func `layers are found by name, glob and index`(text: String, expected: String) throws {
    #expect(try resolve(text) == expected)
  }

  @Test func `a name with brackets and stars is first of all a name`() throws {
    let names = ["conv[0]", "conv*", "conv1"]
    let network = ChainNetwork(input: [2, 4, 4], names.map { ChainStep.relu($0) })
    for name in names { #expect(try TargetLayer(name).resolve(in: network).name == name) }
  }

  @Test(arguments: [
    ("relu1", ["relu1"]), ("conv*", ["conv1", "conv2"]), ("conv[-1]", ["conv2"]), ("nothing*", []), ("pool", ["pool"]),
    ("automatic", ["relu2"]),
  ]) func `all layers that a pattern may mean`(text: String, expected: [String]) {
    #expect(TargetLayer(text).matches(in: network).map(\.name) == expected)
  }

  @Test func `a glob that fits several layers is refused`() {
    #expect(throws: AttributionError.ambiguousLayer("conv*", candidates: [network.layers[1], network.layers[3]])) {
      try resolve("conv*")
    }
  }

  @Test func `a layer without extent names spatial ones before it`() {
    let nearest = [4, 3, 2].map { network.layers[$0] }
    for text in ["pool", "po*", "Linear[0]"] {
      #expect {
        try resolve(text)
      } throws: { error in
        guard case .notSpatial(_, nearest) = error as? AttributionError else { return false }
        return true
      }
    }
  }

  @Test(arguments: [("relu3", "relu1"), ("2", "conv2"), ("LOGIT", "logits"), ("inptu", "input"), ("conv[7]", "conv1")])
  func `an unknown layer is answered with the nearest names`(text: String, nearest: String) {
    #expect {
      try resolve(text)
    } throws: { error in
      guard case .noSuchLayer(text, let layers) = error as? AttributionError else { return false }
      return layers.first?.name == nearest && "\(error)".contains(nearest)
    }
  }

  @Test(arguments: [
    "", "[0]", "conv[", "conv[]", "conv[9223372036854775807]", "conv[-9223372036854775808]", "***x", "]",
  ])
  func `odd names are errors, never crashes`(text: String) {
    #expect(throws: AttributionError.self) { try resolve(text) }
  }

  @Test func `a network without maps says so`() {
    let flat = ChainNetwork(input: [4, 1, 1], [.relu("relu")])
    #expect(throws: AttributionError.noSpatialLayer) { try TargetLayer.automatic.resolve(in: flat) }
  }
}

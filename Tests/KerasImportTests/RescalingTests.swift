import AttributionKit
import Formats
import Foundation
import TestSupport
import Testing

/// What samples Keras' own layers at the network's start are made for.
@Suite struct `Layers that rescale images` {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func open(_ layers: [TestLayer]) throws -> OpenedModel {
    var before = "image"
    var named: [TestLayer] = []
    for var layer in layers + [TestLayer("GlobalAveragePooling2D", "pooled")] {
      layer.calls = [[before]]
      before = layer.name
      named.append(layer)
    }
    let network = KerasNetwork(
      layers: [.input([6, 5, 3])] + named + [
        TestLayer(
          "Dense", "kind", ["units": 2, "activation": "softmax"],
          weights: [("kernel", [3, 2], numbers(6)), ("bias", [2], numbers(2, 1))], calls: [[before]])
      ], isSequential: false, outputs: ["kind"])
    return try KerasFormat().open(ModelRequest(path: folder.write(network.archive(), to: "net.keras")))
  }

  private func normalization(_ mean: [Double], _ variance: [Double]) -> TestLayer {
    TestLayer("Normalization", "norm", ["axis": [-1], "mean": mean, "variance": variance, "invert": false])
  }

  private func rescaling(_ scale: Double, _ offset: Double) -> TestLayer {
    TestLayer("Rescaling", "rescale", ["scale": scale, "offset": offset])
  }

  @Test func `numbers tell samples of 0…1 from samples of 0…255`() throws {
    let unit = try open([normalization([0.485, 0.456, 0.406], [0.052, 0.05, 0.05])])
    #expect(
      unit.preprocessing?.scale == Preprocessing.unit.scale && unit.preprocessing?.mean == Preprocessing.unit.mean)
    #expect(unit.notes.contains { $0.sentence.contains("0…1 itself, in 'norm'") }, "\(unit.notes)")
    let bytes = try open([normalization([123, 116, 103], [3400, 3200, 3300])])
    #expect(bytes.preprocessing?.scale == 1 && bytes.notes.contains { $0.sentence.contains("0…255") })
    for (scale, offset) in [(1.0 / 255, 0.0), (1 / 127.5, -1)] {
      #expect(try open([rescaling(scale, offset)]).preprocessing?.scale == 1)
    }
    #expect(try open([rescaling(2, -1)]).preprocessing?.scale == Preprocessing.unit.scale)
    // Both: what the second is made for has been 0…255 before the first.
    let both = try open([rescaling(1.0 / 255, 0), normalization([0.485, 0.456, 0.406], [0.052, 0.05, 0.05])])
    #expect(both.preprocessing?.scale == 1 && both.notes.contains { $0.sentence.contains("'rescale', 'norm'") })
  }

  @Test func `samples kept within 0…255 are samples of 0…255`() throws {
    let clip = TestLayer.function("Clip", "clip", ["x_min": 0, "x_max": 255], of: [TestLayer.tensor("image")])
    let clipped = try open([clip, rescaling(1.0 / 255, 0)])
    #expect(clipped.preprocessing?.scale == 1 && clipped.notes.contains { $0.sentence.contains("0…255") })
  }

  @Test func `numbers that tell nothing are no reason to assume anything`() throws {
    #expect(try open([rescaling(3, 0)]).preprocessing == nil)
  }
}

import AttributionKit
import GraphAdapter
import MethodCatalog
import Tensors
import TestSupport
import Testing

/// Every number within 1e-4 of the array's largest magnitude.
@Suite(.enabled(if: TestData.isAvailable, "\(TestData.remedy)"))
struct ReferenceNetworkTests {
  @Test(arguments: ReferenceNetwork.names) func `logits and activation`(name: String) throws {
    let network = try ReferenceNetwork(name)
    let session = try session(of: network, for: network.facts.classes[0])
    let logits = try #require(try network.array("logits")), activation = try #require(try network.array("activation"))
    #expect(session.logits.deviation(from: logits) < 1e-4)
    let layer = try TargetLayer.matching(network.facts.onnxLayer).resolve(in: network.model)
    #expect(try session.activation(at: layer.native).deviation(from: activation) < 1e-4)
    #expect(network.model.automaticLayer?.layer == layer)
  }

  @Test(arguments: ReferenceNetwork.names) func `gradients and maps`(name: String) throws {
    let network = try ReferenceNetwork(name)
    for index in network.facts.classes {
      let session = try session(of: network, for: index)
      let layer = try TargetLayer.matching(network.facts.onnxLayer).resolve(in: network.model)
      if let expected = try network.array("gradient.\(index)") {
        #expect(try session.gradient(at: layer.native).deviation(from: expected) < 1e-4, "gradient at \(layer)")
      }
      let maps = [
        ("gradient", "input-gradient"), ("grad-cam", "grad-cam"), ("grad-cam++", "grad-cam++"),
        ("guided-backprop", "guided-backprop"), ("deconvnet", "deconvnet"),
      ]
      for (method, array) in maps {
        guard let expected = try network.array("\(array).\(index)") else { continue }
        let needsLayer = method.hasPrefix("grad-cam")
        let descriptor = try #require(MethodCatalog.methods.first { $0.identifier == method })
        let attribution = try descriptor.method(needsLayer ? ["layer": layer.name] : [:]).attribution(in: session)
        #expect(attribution.values.deviation(from: expected) < 1e-4, "\(method) of class \(index)")
      }
    }
  }

  @Test(arguments: ["gap-cnn", "plain-cnn", "inception-lrn"]) func `integrated gradients from zero`(name: String) throws
  {
    let network = try ReferenceNetwork(name)
    let index = try #require(network.facts.classes.first { network.facts.arrays["integrated-gradients.\($0)"] != nil })
    let expected = try #require(try network.array("integrated-gradients.\(index)"))
    let descriptor = try #require(MethodCatalog.methods.first { $0.identifier == "integrated-gradients" })
    let attribution = try descriptor.method(["baseline": "zero"]).attribution(in: session(of: network, for: index))
    #expect(attribution.values.deviation(from: expected) < 1e-4)
    let completeness = try #require(attribution.completeness)
    #expect(abs(completeness.error) < 0.01 * abs(completeness.expected))
  }

  @Test(arguments: ReferenceNetwork.names) func `running on from any layer ends where the whole run did`(
    name: String
  ) throws {
    let network = try ReferenceNetwork(name)
    let session = try session(of: network, for: network.facts.classes[0])
    for layer in network.model.layers {
      let activation = try session.activation(at: layer)
      let scores = try session.scores(of: 3, replacing: layer) { $0 == 1 ? 0.5 * activation : activation }
      let size = max(abs(session.score.value), 1)
      #expect(abs(scores[0] - session.score.value) < 1e-4 * size, "\(layer)")
      #expect(abs(scores[2] - session.score.value) < 1e-4 * size, "\(layer)")
      let alone = try session.scores(of: 1, replacing: layer) { _ in 0.5 * activation }
      #expect(abs(scores[1] - alone[0]) < 1e-4 * size, "\(layer)")
    }
  }

  @Test func `a layer of the vision transformer is out of reach exactly where its patches' gradient is zero`() throws {
    let network = try ReferenceNetwork("timm-vit")
    let session = try session(of: network, for: network.facts.classes[0])
    let layers = network.model.layers.dropFirst().filter(\.isSpatial).reversed()
    #expect(Set(layers.map(\.reachesScore)) == [true, false])
    for layer in layers {
      let gradient = try session.gradient(at: layer.native)
      // Patch tokens are the last hundred of 101; the axis that holds them follows from the shape.
      let axis = try #require(layer.nativeShape.firstIndex { $0 == 101 || $0 == 100 || $0 == 10 })
      let isTokens = layer.nativeShape[axis] == 101
      let inner = layer.nativeShape[(axis + 1)...].reduce(1, *)
      let hasGradient = gradient.scalars.indices.contains { place in
        (!isTokens || place / inner % 101 > 0) && gradient.scalars[place] != 0
      }
      #expect(hasGradient == layer.reachesScore, "\(layer)")
    }
  }

  @Test(arguments: ["gap-cnn", "timm-resnet"]) func `a batch gives what its images give one by one`(name: String) throws
  {
    let network = try ReferenceNetwork(name)
    let input = try #require(try network.array("input"))
    let dimmed = 0.5 * input
    let batch = Tensor(input.scalars + dimmed.scalars, shape: [2] + input.shape)
    let together = try network.model.logits(for: batch)
    for (row, image) in [input, dimmed].enumerated() {
      let alone = try network.model.trace(image).logits
      let part = Tensor(
        Array(together.scalars[row * alone.scalars.count..<(row + 1) * alone.scalars.count]), shape: alone.shape)
      #expect(part.deviation(from: alone) < 1e-5)
    }
  }

  private func session(of network: ReferenceNetwork, for index: Int) throws -> ExplanationSession {
    let input = try #require(try network.array("input"))
    return try ExplanationSession(of: network.model, on: input, for: .logit(index))
  }
}

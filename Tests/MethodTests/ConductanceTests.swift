import AttributionKit
import ConductanceMethod
import IntegratedGradientsMethod
import Tensors
import TestSupport
import Testing

@Suite struct ConductanceTests {
  let network = ChainNetwork.tiny(activation: ChainStep.silu)

  /// The gradient at each place times the change of the activation along the path, by a thousand midpoints.
  @Test(arguments: ["conv1", "relu1", "relu2"]) func `the map is equation 2`(name: String) throws {
    let session = try session(of: network, for: .logit(1)), layer = try network.layer(name)
    let x = session.input, x0 = try session.baseline(.mean)
    func at(_ place: Float) throws -> ExplanationSession { try session.repeated(on: x0 + place * (x - x0)) }
    var sum = [Double](repeating: 0, count: 16)
    var before = try at(0).activation(at: layer)
    for step in 0..<500 {
      let gradient = try at((Float(step) + 0.5) / 500).gradient(at: layer)
      let after = try at(Float(step + 1) / 500).activation(at: layer)
      for i in gradient.scalars.indices {
        sum[i % 16] += Double(gradient.scalars[i]) * Double(after.scalars[i] - before.scalars[i])
      }
      before = after
    }
    let conductance = Conductance(targetLayer: .matching(name), steps: 100, baseline: .mean)
    let map = try conductance.attribution(in: session)
    #expect(map.layer == layer)
    #expect(map.values.distance(to: Tensor(sum.map(Float.init), shape: [4, 4])) < 1e-3)
  }

  @Test(arguments: ["conv1", "relu1", "conv2", "relu2"]) func `every layer conducts the whole rise of the score`(
    name: String
  ) throws {
    let session = try session(of: network, for: .logit(2))
    let map = try Conductance(targetLayer: .matching(name), baseline: .zero).attribution(in: session).values
    let rise = session.score.value - (try session.scores(of: 1) { _ in 0 * session.input })[0]
    #expect(abs(map.scalars.reduce(0, +) - rise) < 1e-3 * max(1, abs(rise)))
  }

  /// At the input the conductance of a pixel is its integrated gradient, here summed over the channels.
  @Test func `at the input it is integrated gradients`() throws {
    let session = try session(of: network, for: .logit(0))
    let conducted = try Conductance(targetLayer: .matching("input"), steps: 400, baseline: .mean)
      .attribution(in: session).values
    let integrated = try IntegratedGradients(baseline: .mean).attribution(in: session).values
    #expect(conducted.distance(to: integrated.channelSum()) < 1e-3)
  }

  @Test func `no way, no conductance`() throws {
    let still = try ExplanationSession(of: network, on: 0 * network.sample, for: .logit(0))
    #expect(try Conductance(baseline: .zero).attribution(in: still).status == .zeroGradient)
    #expect(throws: AttributionError.self) { try Conductance(steps: 0).attribution(in: still) }
  }
}

@Suite struct InternalInfluenceTests {
  let network = ChainNetwork.tiny(activation: ChainStep.silu)

  @Test func `at a layer, the gradient is averaged over the path`() throws {
    let session = try session(of: network, for: .logit(1)), layer = try network.layer("relu1")
    let x = session.input, x0 = try session.baseline(.mean)
    var mean = [Double](repeating: 0, count: 16)
    for step in 0..<500 {
      let gradient = try session.repeated(on: x0 + (Float(step) + 0.5) / 500 * (x - x0)).gradient(at: layer)
      for i in gradient.scalars.indices { mean[i % 16] += Double(gradient.scalars[i]) / 500 }
    }
    let influence = IntegratedGradients(baseline: .mean, at: .layer(.matching("relu1")))
    let map = try influence.attribution(in: session)
    #expect(map.layer == layer && map.completeness == nil)
    #expect(map.values.distance(to: Tensor(mean.map(Float.init), shape: [4, 4])) < 1e-5)
    #expect(influence.cost(on: network) == .forward(50) + .backward(50))
  }

  @Test func `of a linear rest it is the gradient itself`() throws {
    let session = try session(of: network, for: .logit(1))
    let map = try IntegratedGradients(at: .layer(.automatic)).attribution(in: session).values
    let layer = try TargetLayer.automatic.resolve(in: network)
    #expect(map.distance(to: try session.gradient(at: layer).channelSum()) < 1e-5)
  }

  @Test func `a layer for all methods is none for this one, unless it says so`() throws {
    func read(_ text: String) throws -> String {
      try MethodExpression(parsing: text, among: [IntegratedGradients.descriptor], settings: ["layer": "relu1"])
        .identifier
    }
    #expect(try read("integrated-gradients") == "integrated-gradients")
    #expect(try read("integrated-gradients(layer=conv2)") == "integrated-gradients(layer=conv2)")
  }
}

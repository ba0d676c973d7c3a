import AttributionKit
import Tensors
import TestSupport
import Testing

@Suite struct CostTests {
  @Test func `passes add up, shared walks do not`() {
    let sum = Cost.forward(3) + .backward(2) + .shared + .shared + .walk(under: "guided")
    #expect(sum.forward == 3 && sum.backward == 2 && sum.sharedWalks == ["standard", "guided"])
    #expect(!sum.isShared && sum.isKnown)
    let twice = 2 * sum
    #expect(twice.forward == 6 && twice.backward == 4 && twice.sharedWalks == sum.sharedWalks)
    #expect(Cost.shared.isShared && Cost.zero.isShared && Cost.zero != .shared)
    #expect(0 * sum == .shared + .walk(under: "guided"))
  }

  @Test func `on inputs of its own a method shares its walks with nobody`() {
    let cost = (Cost.forward(4) + .shared + .walk(under: "guided")).repeated(onInputs: 5)
    #expect(cost == .forward(25) + .backward(10))
    #expect(Cost.zero.repeated(onInputs: 0) == .zero)
  }

  @Test func `what a network decides is counted for each, until there is one`() {
    let cost = 3 * (Cost.forward(per: .channel) + .resumed(per: .channel)) + .forward(1)
    #expect(!cost.isKnown && cost.forward == 1 && cost.resumed == 0)
    #expect(cost.duration(forward: .seconds(1)) == nil)
    #expect(
      "\(cost)" == "a forward pass; 3 forward passes for each channel of the layer; "
        + "3 passes of the network after the layer for each channel of the layer")
    #expect("\(Cost.forward(per: Cost.Unit("region")))" == "a forward pass for each region")
  }

  static let told: [(cost: Cost, words: String)] = [
    (.zero, "none"), (.shared, "none"), (.forward(), "a forward pass"), (.backward(), "a backward pass"),
    (sum(1, 1), "a forward and a backward pass"), (sum(7, 7), "7 forward and backward passes"),
    (sum(201, 200), "201 forward and 200 backward passes"), (sum(2, 1), "2 forward and 1 backward pass"),
    (.forward(2), "2 forward passes"), (.backward(3), "3 backward passes"),
  ]

  static func sum(_ forward: Int, _ backward: Int) -> Cost { .forward(forward) + .backward(backward) }

  @Test(arguments: told) func `a cost is told in words`(cost: Cost, words: String) {
    #expect(cost.description == words)
  }

  @Test func `a pass after a layer takes the share of the work that the model tells`() {
    let layer = Layer("deep", shape: [8, 2, 2])
    let cost = Cost.resumed(10, after: layer, of: Measured(share: 0.05))
    #expect(cost.resumed == 10 && "\(cost)" == "10 passes of the network after 'deep', 5 % of it")
    #expect(cost.duration(forward: .seconds(2)) == .seconds(1))
    let unknown = Cost.resumed(10, after: layer, of: ChainNetwork.tiny())
    #expect(unknown.duration(forward: .seconds(2)) == .seconds(20))
    #expect("\(unknown)" == "10 passes of the network after 'deep'")
    #expect("\(Cost.resumed(1, after: layer, of: Measured(share: 0.001)))".hasSuffix("less than 1 % of it"))
  }

  @Test func `a walk back takes as long as two forward passes`() {
    let cost = Cost.forward(3) + .backward(2) + .shared
    #expect(cost.duration(forward: .milliseconds(100)) == .milliseconds(900))
  }

  @Test func `more passes than can be counted are no crash`() {
    let cost = (0..<30).reduce(Cost.shared) { cost, _ in cost.repeated(onInputs: 10_000) }
    #expect(cost.forward == .max && cost + cost == cost)
  }

  /// A model that tells nothing but where its work is done.
  private struct Measured: WorkMeasuringModel {
    let share: Double
    let input = Layer("x", shape: [3])
    let outputs = [Output.classes(3)]
    var layers: [Layer] { [input] }
    var automaticLayer: AutomaticLayer? { nil }
    func trace(_ inputs: [Tensor]) throws -> any ForwardTrace { throw AttributionError.noGradients }
    func shareOfWork(after layer: Layer) -> Double { share }
  }
}

import AttnLRPMethod
import AttributionKit
import MethodCatalog
import Tensors
import TestSupport
import Testing

@Suite struct MethodCatalogTests {
  let network = ChainNetwork.tiny()
  /// Those that a network of convolutions can be explained by; TransformerMethodTests has the others.
  static let identifiers = MethodCatalog.methods.filter { $0.family != .transformers }.map(\.identifier)

  @Test func `methods are listed in the order people meet them`() {
    let methods = MethodCatalog.methods
    #expect(methods.map(\.identifier).starts(with: ["cam", "grad-cam"]))
    #expect(methods.last?.family == .controls, "the controls come last")
    for family in Set(methods.map(\.family)).subtracting([.controls, .gradients]) {
      let shared = methods.filter { $0.family == family }.map { $0.cost().isShared }
      #expect(shared == shared.sorted { $0 && !$1 }, "those that take longer come later: \(family.identifier)")
    }
  }

  @Test(arguments: identifiers) func `every method explains, and keeps to its needs`(
    identifier: String
  ) throws {
    let descriptor = try #require(MethodCatalog.methods.first { $0.identifier == identifier })
    guard try MethodExpression(descriptor).unmetNeeds(by: network).isEmpty else {
      #expect(
        descriptor.needs.contains(.attentionWeights) || descriptor.needs.contains { $0.identifier == "detections" },
        "the network has whatever else a method may need")
      return
    }
    let session = try session(of: network)
    let attribution = try descriptor.method().attribution(in: session)
    #expect(attribution.values.scalars.allSatisfy { $0.isFinite })
    // Without pooling windows, nothing that DeconvNet does tells one pixel from another.
    #expect(attribution.status == (identifier == "deconvnet" ? .uniform : .ok))
    let cost = descriptor.cost(on: network)
    #expect(cost.isKnown)
    #expect(session.backwardPasses == cost.sharedWalks.count)
    #expect(network.forwardPasses == 1 + cost.forward)
    #expect((cost.sharedWalks.count + cost.backward > 0) == descriptor.needs.contains(.gradients))
    #expect(try MethodExpression(descriptor).unmetNeeds(by: network).isEmpty)
    let worksOnLayer = descriptor.parameters.contains { $0.name == "layer" && $0.defaultValue == "automatic" }
    // A control has the image's grid where there is no other.
    #expect(worksOnLayer == descriptor.needs.contains(.spatialLayer) || descriptor.family == .controls)
    #expect(descriptor.summary.hasSuffix(".") && !descriptor.citation.isEmpty)
  }

  @Test(arguments: identifiers) func `every default can be written out`(
    identifier: String
  ) throws {
    let descriptor = try #require(MethodCatalog.methods.first { $0.identifier == identifier })
    let defaults = descriptor.parameters.map { ($0.name, $0.defaultValue) }
    let session = try session(of: network)
    let method = try descriptor.method(Dictionary(uniqueKeysWithValues: defaults))
    // A detector's method has nothing to say of this network, and is only read.
    guard !descriptor.needs.contains(where: { $0.identifier == "detections" }) else { return }
    let written = try method.attribution(in: session)
    #expect(try written == descriptor.method().attribution(in: session))
    #expect(throws: AttributionError.self) { try descriptor.method(["no such parameter": ""]) }
  }

  @Test func `the quick ones together need one forward pass and a walk back for each rule`() throws {
    let expressions = try MethodCatalog.quick.map { try MethodExpression($0) }
    let quick = Comparison(of: expressions.filter { $0.unmetNeeds(by: network).isEmpty })
    let session = try session(of: network)
    let entries = quick.entries(in: session)
    #expect(entries.allSatisfy { (try? $0.outcome.get()) != nil })
    #expect(network.forwardPasses == 1)
    let walks = quick.cost(on: network).sharedWalks
    #expect(walks.isSuperset(of: ["standard", "guided-backprop automatic", "deconvnet"]))
    #expect(session.backwardPasses == walks.count)
  }
}

import AttributionKit
import MethodCatalog
import Tensors
import TestSupport
import Testing

@Suite struct CatalogueTests {
  let network = ChainNetwork.tiny()

  @Test func `methods are listed in the order people meet them`() {
    #expect(
      MethodCatalog.methods.map(\.identifier) == [
        "cam", "grad-cam", "grad-cam++", "guided-grad-cam", "guided-backprop", "deconvnet", "gradient",
        "input-x-gradient", "integrated-gradients", "ablation-cam", "score-cam", "occlusion", "random",
      ])
  }

  @Test(arguments: MethodCatalog.methods.map(\.identifier)) func `every method explains, and keeps to its needs`(
    identifier: String
  ) throws {
    let descriptor = try #require(MethodCatalog.methods.first { $0.identifier == identifier })
    let session = try session(of: network)
    let attribution = try descriptor.method().attribution(in: session)
    #expect(attribution.values.scalars.allSatisfy { $0.isFinite })
    #expect(attribution.status == .ok)
    if descriptor.cost == .shared {
      #expect((session.backwardPasses > 0) == descriptor.needs.contains(.gradients))
      #expect(network.forwardPasses == 1)
    } else {
      #expect(session.backwardPasses == 0, "passes of its own leave the session's alone")
    }
    #expect(descriptor.parameters.contains { $0.name == "layer" } == descriptor.needs.contains(.spatialLayer))
    #expect(descriptor.summary.hasSuffix(".") && !descriptor.citation.isEmpty)
  }

  @Test(arguments: MethodCatalog.methods.map(\.identifier)) func `every default can be written out`(
    identifier: String
  ) throws {
    let descriptor = try #require(MethodCatalog.methods.first { $0.identifier == identifier })
    let defaults = descriptor.parameters.map { ($0.name, $0.defaultValue) }
    let session = try session(of: network)
    let written = try descriptor.method(Dictionary(uniqueKeysWithValues: defaults)).attribution(in: session)
    #expect(try written == descriptor.method().attribution(in: session))
    #expect(throws: AttributionError.self) { try descriptor.method(["no such parameter": ""]) }
  }

  @Test func `the quick ones together need one forward pass and three walks back`() throws {
    #expect(MethodCatalog.quick.count == 9)
    let session = try session(of: network)
    let entries = Comparison(of: try MethodCatalog.quick.map { try MethodExpression($0) }).entries(in: session)
    #expect(entries.allSatisfy { (try? $0.outcome.get()) != nil })
    #expect(network.forwardPasses == 1)
    #expect(session.backwardPasses == 3, "plain, guided and deconvnet")
  }
}

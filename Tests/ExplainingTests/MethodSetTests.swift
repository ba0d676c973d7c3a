import AttributionKit
import Explaining
import Testing

/// Words that stand for several methods.
@Suite struct MethodSetTests {
  let explainer: Explainer

  init() throws { explainer = try Networks.classifier() }

  @Test func `all are those that apply, the cheapest first`() throws {
    let all = try explainer.methods(" ALL "), catalogue = explainer.catalogue
    #expect(
      all.allSatisfy { $0.unmetNeeds(by: explainer.model).isEmpty } && !all.contains { $0.identifier == "legrad" })
    #expect(all.count > 40 && all.count < catalogue.methods.count)
    let costs = all.map { $0.cost(on: explainer.model).duration(forward: .seconds(1)) ?? .seconds(1 << 40) }
    #expect(costs == costs.sorted())
    #expect(try catalogue.expressions("all").count == catalogue.methods.count, "of an unknown network all may apply")
  }

  @Test func `the fast have no passes of their own, a family is a family`() throws {
    #expect(try explainer.methods("fast").allSatisfy { $0.cost(on: explainer.model).isShared })
    #expect(try explainer.methods("perturbation").allSatisfy { $0.descriptors[0].family == .perturbation })
    for name in explainer.catalogue.setNames { #expect(try !explainer.methods(name).isEmpty, "\(name)") }
  }

  @Test func `sets stand among methods, and what two share is run once`() throws {
    let mixed = try explainer.methods("grad-cam, controls, smooth(gradient, samples=2), random").map(\.identifier)
    #expect(mixed.first == "grad-cam" && mixed.last == "smooth(gradient, samples=2)")
    #expect(mixed.count { $0 == "random" } == 1 && mixed.contains("sobel"))
  }

  @Test func `the standard ones are eight at most and apply`() throws {
    let standard = try explainer.methods()
    #expect((4...8).contains(standard.count) && standard.last?.identifier == "random")
    #expect(standard.allSatisfy { $0.unmetNeeds(by: explainer.model).isEmpty })
  }
}

import AttributionKit
import Evaluating
import Explaining
import MethodCatalog
import Tensors
import TestSupport
import Testing

@Suite struct RecommendationTests {
  /// Ten classes of an image `[3, 8, 8]`; pictures with one bright patch each, in another place.
  private static func explainer() throws -> Explainer {
    try Explainer(OpenedModel(ChainNetwork.tiny(side: 8)), of: NetworkFile("tiny.net"))
  }

  private static func pictures(_ count: Int) -> [Picture] {
    (0..<count).map { index in
      var image = Tensor(repeating: 0.1, shape: [3, 8, 8])
      for channel in 0..<3 {
        for row in index % 5..<index % 5 + 3 {
          for column in index / 3 % 5..<index / 3 % 5 + 3 {
            image[channel * 64 + row * 8 + column] = Float(channel) * 0.4 + 0.3 + Float(index) * 0.01
          }
        }
      }
      return Picture(image, named: "patch\(index)")
    }
  }

  /// A method that shows the same map whatever it is asked about.
  private struct Fixed: AttributionMethod {
    func attribution(in session: ExplanationSession) throws -> Attribution {
      Attribution(Tensor.scattered([8, 8], 0.37), at: session.inputLayer)
    }

    static let descriptor = MethodDescriptor(
      "fixed", title: "Fixed", summary: "Always the same.", citation: "", needs: [], prototype: Fixed())
  }

  @Test func `a method that shows the same map for every class is dropped, and the reason told`() throws {
    let explainer = try Self.explainer()
    let methods = try explainer.methods("grad-cam, eigen-cam") + [MethodExpression(Fixed.descriptor)]
    let recommendation = try explainer.recommend(Self.pictures(8), among: methods)
    let reasons = Dictionary(uniqueKeysWithValues: recommendation.dropped.map { ($0.method.identifier, $0.reason) })
    #expect(reasons["fixed"]?.contains("the same map for another class (rank correlation 1.00)") == true)
    #expect(reasons["eigen-cam"]?.contains("the same map for another class") == true)
    #expect(reasons["grad-cam"] == nil)
    #expect(recommendation.ratings.contains { $0.method.identifier == "grad-cam" })
  }

  @Test func `controls are judged beside the methods and never dropped or recommended`() throws {
    let explainer = try Self.explainer()
    let recommendation = try explainer.recommend(Self.pictures(7), among: explainer.methods("grad-cam, random"))
    let controls = recommendation.ratings.filter(\.isControl).map(\.method.identifier)
    #expect(Set(controls) == ["random", "sobel", "center"])
    #expect(recommendation.photographs == 7)
    if let method = recommendation.method { #expect(method.identifier == "grad-cam") }
  }

  @Test func `on a network that answers everything alike no method is better than the controls`() throws {
    let flat = ChainNetwork(
      input: [3, 8, 8],
      [
        .convolution("conv", kernels: .scattered([2, 3, 1, 1], 0.6), bias: Tensor(repeating: 0, shape: [2])),
        .relu("relu"), .globalAveragePool("pool"),
        .linear("logits", weights: Tensor(repeating: 1e-6, shape: [3, 2]), bias: Tensor([1, 2, 3], shape: [3])),
      ])
    let explainer = try Explainer(OpenedModel(flat), of: NetworkFile("flat.net"))
    let recommendation = try explainer.recommend(Self.pictures(8), among: explainer.methods("grad-cam, occlusion"))
    #expect(recommendation.method == nil)
    #expect(recommendation.sentences.count == 2)
  }

  @Test func `few photographs decide nothing`() throws {
    let explainer = try Self.explainer()
    let recommendation = try explainer.recommend(Self.pictures(3), among: explainer.methods("grad-cam"))
    #expect(recommendation.method == nil)
    #expect(recommendation.sentences[1].hasPrefix("Give 6 photographs or more"))
  }

  @Test func `when the time is spent, what is known is told`() throws {
    let explainer = try Self.explainer()
    let recommendation = try explainer.recommend(
      Self.pictures(8), among: explainer.methods("grad-cam, gradient"), budget: .zero)
    #expect(recommendation.photographs == 1)
  }

  @Test func `a picture that cannot be used is passed over`() throws {
    let explainer = try Self.explainer()
    var refused: [String] = []
    let wrong = Picture(Tensor(repeating: 0, shape: [3, 9, 9]), named: "wrong")
    let recommendation = try explainer.recommend(
      [wrong] + Self.pictures(6), among: explainer.methods("grad-cam"),
      refused: { picture, _ in refused.append(picture.name) })
    #expect(refused == ["wrong"] && recommendation.photographs == 6)
  }
}

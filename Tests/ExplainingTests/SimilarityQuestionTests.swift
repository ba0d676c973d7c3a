import AttributionKit
import Explaining
import Tensors
import Testing
import TestSupport

/// Why a picture is like another to a network that makes embeddings.
@Suite struct SimilarityQuestionTests {
  @Test func `a picture is explained by its likeness to another`() throws {
    let explainer = try Networks.classifier()
    let (image, other) = (Tensor.ramp([3, 4, 4]), Tensor.ramp([3, 4, 4], phase: 0.7))
    let e = try explainer.model.trace(image).logits, r = try explainer.model.trace(other).logits
    func length(_ x: Tensor) -> Float { (x * x).scalars.reduce(0, +).squareRoot() }
    let cosine = (e * r).scalars.reduce(0, +) / (length(e) * length(r))
    let reference = try explainer.reference(Picture(other, named: "folder/other"))
    #expect(reference.embedding == r)
    let inquiry = try explainer.predict(Networks.image).inquiries(Question(similarityTo: reference))[0]
    #expect(abs(inquiry.session.score.value - cosine) < 1e-6)
    #expect(inquiry.target.isSimilarity && inquiry.target.choice == nil && inquiry.probability == nil)
    #expect(inquiry.target.expression == "similar to folder/other" && inquiry.targetName == "similar to other")
    let slope = 1 / length(e) * (1 / length(r) * r - cosine / length(e) * e)
    let expected = try explainer.model.inputGradient(of: slope, on: image)
    #expect(try inquiry.session.inputGradient().distance(to: expected) < 1e-6)
  }

  @Test func `comparisons that mean nothing are refused`() throws {
    let places = refusal { try Networks.segmentation().reference(Networks.places) }
    #expect(places?.fault == .data && places?.setting == .output && places?.description.contains("3 × 8 × 8") == true)
    let single = refusal { try Networks.binary().reference(Networks.image) }
    #expect(single?.description.contains("no embedding") == true)
    let explainer = try Networks.classifier()
    let nothing = refusal { try explainer.reference(Picture(Tensor(repeating: 0, shape: [3, 4, 4]), named: "black")) }
    #expect(nothing?.description.contains("nothing can be like it") == true)
    let missing = refusal { try explainer.predict(Networks.image).inquiries(Question([.similarity])) }
    #expect(missing?.fault == .usage && missing?.setting == .reference)
  }
}

import AttributionKit
import Formats
import Foundation
import ONNXFiles
import Tensors
import TestSupport
import Testing

/// Embeddings that are taken for classes by vectors from elsewhere.
@Suite struct EmbeddingClassesTests {
  let folder: TemporaryFolder
  let vectors = Tensor.scattered([4, 5], 0.27182), image = Tensor.ramp([3, 16, 16])

  init() throws { folder = try TemporaryFolder() }

  private func open(_ vectors: Tensor?) throws -> OpenedModel {
    var request = ModelRequest(path: try folder.write(ONNXFile.vector(5).leavingBatchOpen().bytes, to: "net.onnx"))
    request.classVectors = vectors
    return try ONNXFormat().open(request)
  }

  private func error(_ vectors: Tensor) -> ModelFileError? {
    do {
      _ = try open(vectors)
      return nil
    } catch { return error as? ModelFileError }
  }

  @Test func `the score of a class is a hundred times the cosine`() throws {
    let opened = try open(vectors)
    let embedding = try open(nil).model.trace(image).logits.scalars
    func length(_ x: some Collection<Float>) -> Float { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let scores = try opened.model.trace(image).logits.scalars
    for (row, score) in scores.enumerated() {
      let vector = vectors.scalars[5 * row..<5 * row + 5]
      let product = zip(embedding, vector).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(score - 100 * product / (length(embedding) * length(vector))) < 1e-3)
    }
    #expect(scores.count == 4 && opened.model.explained.link == .softmax && !opened.isAnswerAssumed)
    #expect(opened.notes.contains { $0.sentence.contains("compared with 4 vectors") })
    let batch = try #require(opened.model as? any BatchModel)
    let two = Tensor(image.scalars + Tensor.ramp([3, 16, 16], phase: 0.7).scalars, shape: [2, 3, 16, 16])
    #expect(try batch.logits(for: two).channel(0).distance(to: Tensor(scores, shape: [4])) < 1e-3)
  }

  @Test func `an embedding twice as long is the same`() throws {
    let scaled = try open(vectors.map { 3 * $0 }).model.trace(image).logits
    #expect(try open(vectors).model.trace(image).logits.distance(to: scaled) < 1e-3)
  }

  @Test func `vectors that do not fit, or have no direction, are refused`() throws {
    #expect(error(.scattered([4, 6], 0.3))?.description.contains("1 × 5 and the classes' vectors are 4 × 6") == true)
    #expect(error(.scattered([5], 0.3))?.setting == .classVectors)
    #expect(error(Tensor(repeating: 0, shape: [2, 5]))?.description.contains("class 0 is zero") == true)
  }
}

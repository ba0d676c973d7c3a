import AttributionKit
import GraphEngine
import Kernels
import Tensors

/// Classes by vectors: an embedding is taken for the class whose vector points where it does, as CLIP's is.
///
///     p = softmax(100 · e·vₖ / (|e|·|vₖ|))
///
/// Source: Radford et al., "Learning transferable visual models from natural language supervision", ICML 2021,
/// arXiv:2103.00020, section 3.1.2; the factor is the greatest that its training allows, and reaches.
struct EmbeddingClasses {
  /// The value that becomes the probabilities.
  let output = "zero-shot classes"
  private let embedding: String
  /// `100 · vₖ / |vₖ|`, `[classes, features]`.
  private let directions: NDArray
  private let count: Int

  /// - Throws: `ModelFileError` where vectors and embedding do not fit each other, or a vector has no direction.
  init(by vectors: Tensor, of embedding: String, in graph: Graph) throws {
    let shape = try Plan(graph, rewriting: false).shape(of: embedding) ?? []
    let features = shape.last ?? 0
    guard vectors.shape.count == 2, vectors.shape[0] > 1 else {
      throw ModelFileError(
        .request,
        "the classes' vectors are \(spelled(vectors.shape)): one row for each of two classes or more is needed",
        about: .classVectors)
    }
    guard shape.count == 2, shape[0] == 1, features == vectors.shape[1] else {
      throw ModelFileError(
        .unsupported,
        "the output '\(elided(embedding, to: 100))' is \(spelled(shape)) and the classes' vectors are "
          + "\(spelled(vectors.shape)): an embedding of as many numbers as a vector has is needed", about: .output)
    }
    var directions = vectors.scalars
    for row in 0..<vectors.shape[0] {
      let places = row * features..<(row + 1) * features
      let length = directions[places].reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      guard length > 0, length.isFinite else {
        throw ModelFileError(
          .request, "the vector of class \(row) is zero or no number: nothing can be like it", about: .classVectors)
      }
      for place in places { directions[place] = Float(100 * Double(directions[place]) / length) }
    }
    (self.embedding, count) = (embedding, vectors.shape[0])
    self.directions = NDArray(directions, shape: vectors.shape).asConstant()
  }

  /// What people should know of it.
  var note: Note {
    Note(
      "the embedding '\(elided(embedding, to: 100))' is compared with \(count) vectors: the score of a class is 100 times "
        + "the cosine, as CLIP's")
  }

  /// The graph with the probabilities of the classes among its values.
  func added(to graph: Graph) -> Graph {
    var graph = graph
    graph.constants["zero-shot directions"] = directions
    graph.nodes += [
      Node(Reduction(.l2, axes: [1], keepsDimensions: true), [embedding], to: "zero-shot length"),
      Node(Arithmetic(.divide), [embedding, "zero-shot length"], to: "zero-shot direction"),
      Node(Linear(transposesWeights: true), ["zero-shot direction", "zero-shot directions"], to: "zero-shot logits"),
      Node(Softmax(axis: 1), ["zero-shot logits"], to: output),
    ]
    graph.outputs.append(output)
    return graph
  }
}

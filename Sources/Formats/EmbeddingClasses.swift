import AttributionKit
import GraphEngine
import Kernels
import Tensors

/// Classes by vectors: an embedding is taken for the class whose vector points where it does, as CLIP's is.
///
///     p = softmax(s · e·vₖ / (|e|·|vₖ|)),    pₖ = σ(s · e·vₖ / (|e|·|vₖ|) + b)
///
/// Sources: Radford et al., "Learning transferable visual models from natural language supervision", ICML 2021,
/// arXiv:2103.00020, section 3.1.2, where `s` is at most 100, and in the end is; Zhai et al., "Sigmoid loss for language image
/// pre-training", ICCV 2023, arXiv:2303.15343, where each class is a question of its own.
struct EmbeddingClasses {
  /// The value that becomes the probabilities.
  let output = "zero-shot classes"
  private let embedding: String
  /// `s · vₖ / |vₖ|`, `[classes, features]`.
  private let directions: NDArray
  private let count: Int
  private let comparison: Comparison

  /// What cosines become scores by.
  struct Comparison {
    /// `s`.
    var scale: Float = 100
    /// `b`, where classes are questions of their own.
    var bias: Float?
    /// Whether the network has learned it.
    var isLearned = false
  }

  /// - Throws: `ModelFileError` where vectors and embedding do not fit each other, or a vector has no direction.
  init(by vectors: Tensor, of embedding: String, in graph: Graph, comparison: Comparison = Comparison()) throws {
    let shape = try Plan(graph, rewriting: false).shape(of: embedding) ?? []
    let features = shape.last ?? 0
    guard vectors.shape.count == 2, vectors.shape[0] > (comparison.bias == nil ? 1 : 0) else {
      throw ModelFileError(
        .request,
        "the classes' vectors are \(spelled(vectors.shape)): two classes or more are needed, a text or a row for each",
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
      for place in places { directions[place] = Float(Double(comparison.scale) * Double(directions[place]) / length) }
    }
    (self.embedding, count, self.comparison) = (embedding, vectors.shape[0], comparison)
    self.directions = NDArray(directions, shape: vectors.shape).asConstant()
  }

  /// What people should know of it.
  var note: Note {
    let scale = comparison.isLearned ? "\((1000 * comparison.scale).rounded() / 1000)" : "100"
    let bias = comparison.bias.map { " and \($0 < 0 ? "less" : "more by") \((1000 * abs($0)).rounded() / 1000)" } ?? ""
    let origin =
      comparison.isLearned
      ? ", as the network has learned" + (comparison.bias == nil ? "" : "; each class is a question of its own")
      : ", as CLIP's"
    return Note(
      "the embedding '\(elided(embedding, to: 100))' is compared with \(count) vectors: the score of a class is \(scale) times "
        + "the cosine\(bias)\(origin)")
  }

  /// The graph with the probabilities of the classes among its values.
  func added(to graph: Graph) -> Graph {
    var graph = graph
    graph.constants["zero-shot directions"] = directions
    graph.nodes += [
      Node(Reduction(.l2, axes: [1], keepsDimensions: true), [embedding], to: "zero-shot length"),
      Node(Arithmetic(.divide), [embedding, "zero-shot length"], to: "zero-shot direction"),
      Node(Linear(transposesWeights: true), ["zero-shot direction", "zero-shot directions"], to: "zero-shot logits"),
    ]
    if let bias = comparison.bias {
      graph.nodes += [
        Node(ElementwiseFunction(.linear(1, bias)), ["zero-shot logits"], to: "zero-shot scores"),
        Node(ElementwiseFunction(.sigmoid), ["zero-shot scores"], to: output),
      ]
    } else {
      graph.nodes.append(Node(Softmax(axis: 1), ["zero-shot logits"], to: output))
    }
    graph.outputs.append(output)
    return graph
  }
}

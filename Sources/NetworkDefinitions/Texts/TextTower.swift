public import Kernels
import GraphEngine

/// The half of a network of images and texts that makes embeddings of texts: CLIP's, and SigLIP's.
///
/// A causal transformer whose features are those of the token that ends the text (Radford et al., 2021, arXiv:2103.00020,
/// section 2.4), or one without a mask whose features are those of the last place (Zhai et al., 2023, arXiv:2303.15343).
public struct TextTower: Sendable {
  /// How many tokens it takes at most.
  public let context: Int
  /// How many tokens there are.
  public let vocabulary: Int
  /// Whether every text fills all places, since what fills them takes part.
  public var isPadded: Bool { summary == .lastPlace }
  let summary: Summary
  private let plan: TextTowerPlan
  private let embeddings: FileTensor
  private let arrays: [String: NDArray]

  /// Whose features are those of the text.
  enum Summary: Hashable, Sendable {
    /// The first token of this number.
    case token(Int)
    /// The first of the tokens with the largest number, which is the end's unless tokens were added.
    case largestToken
    case lastPlace
  }

  /// Finds the text's half among weights.
  ///
  /// - Parameters:
  ///   - file: the weights of both halves, under the names of transformers or OpenCLIP.
  ///   - settings: what the library's description says of the text's half: transformers' `text_config`.
  /// - Throws: ``NetworkError`` where tensors are missing or do not fit; weights without a text's half give `nil`.
  public init?(of file: WeightFile, told settings: JSONValue = .null) throws {
    guard let weights = TextTowerNames.weights(in: file) else { return nil }
    guard let table = weights.tensors["token_embed.weight"], table.shape.count == 2,
      let places = weights.tensors["pos_embed.weight"], places.shape.count == 2,
      let plan = TextTowerPlan(weights, settings)
    else { throw NetworkError.noSuchTensor("token_embedding.weight", in: file.label) }
    (embeddings, vocabulary, context, self.plan) = (table, table.shape[0], places.shape[0], plan)
    summary = plan.summary
    var found = weights.shapes
    found["token_embed.weight"] = nil
    let (_, builder) = try plan.outline(texts: 1, length: context)
    let mismatch = WeightMismatch(of: found, to: builder.parameters, ignoring: [])
    guard mismatch.isEmpty else {
      throw NetworkError.unfittingWeights(file.label, network: "its text tower", problem: mismatch, likely: nil)
    }
    var arrays: [String: NDArray] = [:]
    for parameter in builder.parameters {
      let array =
        try parameter.isTransposed
        ? weights.turnedMatrix(named: parameter.name) : weights.array(named: parameter.name)
      arrays[parameter.name] = array.asConstant()
    }
    self.arrays = arrays
  }

  /// The embeddings of texts, `[texts, features]`, of whatever length.
  ///
  /// - Parameters:
  ///   - tokens: the tokens of each text, at most ``context``.
  ///   - padding: what fills the places of texts that are shorter than others.
  /// - Returns: A row for each text.
  /// - Throws: ``NetworkError`` for tokens that the network has not.
  public func embeddings(of tokens: [[Int]], padding: (token: Int, isLeft: Bool)) throws -> NDArray {
    var scalars: [Float] = []
    for start in stride(from: 0, to: tokens.count, by: 16) {
      let part = Array(tokens[start..<min(start + 16, tokens.count)])
      let length = isPadded ? context : max(1, part.map(\.count).max() ?? 1)
      let rows = part.map { row in
        let fill = [Int](repeating: padding.token, count: max(0, length - row.count))
        return padding.isLeft ? fill + row : row + fill
      }
      scalars += try self.part(rows).scalars
    }
    return NDArray(scalars, shape: [tokens.count, scalars.count / max(1, tokens.count)])
  }

  /// The embeddings of a few texts of one length.
  private func part(_ rows: [[Int]]) throws -> NDArray {
    let length = rows[0].count, depth = embeddings.shape[1]
    var values: [Float] = []
    values.reserveCapacity(rows.count * length * depth)
    var known: [Int: [Float]] = [:]
    var selection = [Float](repeating: 0, count: rows.count * length)
    for (index, row) in rows.enumerated() {
      for token in row {
        guard (0..<vocabulary).contains(token) else {
          throw NetworkError.malformedLayer(
            "token_embedding",
            reason:
              "has \(vocabulary) rows and the tokenizer gives the number \(token): they belong to different networks")
        }
        if known[token] == nil {
          known[token] = try embeddings.rows(token..<token + 1).array(named: "token_embedding").scalars
        }
        values += known[token] ?? []
      }
      selection[index * length + place(in: row)] = 1
    }
    let (outline, builder) = try plan.outline(texts: rows.count, length: length)
    let graph = Graph(
      inputs: [
        Graph.Input("input", shape: [rows.count, length, depth]),
        Graph.Input("selection", shape: [rows.count, 1, length]),
      ], nodes: builder.nodes, constants: builder.constants.merging(arrays) { $1 }, outputs: [outline.name])
    return try Plan(graph).outputs(for: [
      NDArray(values, shape: [rows.count, length, depth]), NDArray(selection, shape: [rows.count, 1, length]),
    ])[0]
  }

  /// The place whose features are those of the text.
  func place(in row: [Int]) -> Int {
    switch summary {
    case .token(let end): row.firstIndex(of: end) ?? 0
    case .largestToken: row.max().flatMap(row.firstIndex) ?? 0
    case .lastPlace: row.count - 1
    }
  }
}

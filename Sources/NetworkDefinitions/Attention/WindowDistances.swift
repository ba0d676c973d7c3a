import Foundation
import GraphEngine
import Kernels

/// What is added to the scores of a window's attention for each distance between query and key, `[heads, T, T]`.
enum WindowDistances: Sendable {
  /// A number for each distance and head, `relative_position_bias_table [(2w − 1)², heads]`.
  case table
  /// The same, `[heads, 2w − 1, 2w − 1]`, by how far the key is behind the query, as TensorFlow's MaxViT has it.
  case planes
  /// What two layers make of the distance, `16·σ(W₂·relu(W₁·d + b₁))` with its logarithm `d`, which counts as far as windows
  /// in training reached (Liu et al., 2022, arXiv:2111.09883, section 3.3).
  case continuous(trained: Int)
  /// The same, with the logarithms in the weights, `relative_coords_table [1, 2w − 1, 2w − 1, 2]`.
  case storedLogarithms
  /// What two layers make of the plain logarithm of the distance, `mlp.fc1` and `mlp.fc2` of a width.
  case logarithmic(width: Int)

  func bias(window: Int, heads: Int, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    let reach = 2 * window - 1
    switch self {
    case .table:
      let table = try network.parameter("relative_position_bias_table", shape: [reach * reach, heads])
      return try network.byPairs(table, window: window)
    case .planes:
      let planes = try network.parameter("relative_position_bias_table", shape: [heads, reach, reach])
      let flat = try network.add(Reshape(to: [heads, reach * reach]), [planes], as: "bias.flat")
      let tokens = window * window
      // The other way round: how far the key is behind the query.
      let indices = distances(window: window).map { reach * reach - 1 - $0 }
      return try network.add(Gather(indices: indices, indicesShape: [tokens, tokens], axis: 1), [flat], as: "bias")
    case .continuous(let trained):
      let places = try network.constant(Self.logarithms(window: window, trained: trained), as: "distances")
      return try bounded(places, window: window, heads: heads, in: &network)
    case .storedLogarithms:
      let stored = try network.parameter("relative_coords_table", shape: [1, reach, reach, 2])
      let places = try network.add(Reshape(to: [reach * reach, 2]), [stored], as: "distances")
      return try bounded(places, window: window, heads: heads, in: &network)
    case .logarithmic(let width):
      let places = try network.constant(Self.logarithms(window: window, trained: nil), as: "distances")
      let wide = try network.apply(Projection("mlp.fc1", outputs: width), to: places)
      let active = try network.add(ElementwiseFunction(.relu), [wide], as: "mlp.act")
      return try network.byPairs(network.apply(Projection("mlp.fc2", outputs: heads), to: active), window: window)
    }
  }

  /// Swin V2's two layers, whose answer lies between 0 and 16.
  private func bounded(
    _ places: NetworkBuilder.Value, window: Int, heads: Int, in network: inout NetworkBuilder
  ) throws -> NetworkBuilder.Value {
    let wide = try network.apply(Projection("cpb_mlp.0", outputs: 512), to: places)
    let active = try network.add(ElementwiseFunction(.relu), [wide], as: "cpb_mlp.1")
    let answer = try network.apply(Projection("cpb_mlp.2", outputs: heads, bias: false), to: active)
    let gate = try network.add(ElementwiseFunction(.sigmoid), [answer], as: "cpb_mlp.gate")
    let table = try network.add(ElementwiseFunction(.linear(16, 0)), [gate], as: "cpb_mlp.table")
    return try network.byPairs(table, window: window)
  }

  /// The logarithms of all distances, rows before columns, `[(2w − 1)², 2]`: `sign(x)·log₂(1 + |8x/(w′ − 1)|)/3` with the extent
  /// `w′` of windows in training, or the plain `sign(x)·ln(1 + |x|)` without it.
  private static func logarithms(window: Int, trained: Int?) -> NDArray {
    func logarithm(_ distance: Int) -> Float {
      let magnitude = Double(abs(distance))
      let value = trained.map { log2(1 + 8 * magnitude / Double(max($0 - 1, 1))) / 3 } ?? log(1 + magnitude)
      return Float(distance < 0 ? -value : value)
    }
    let range = (1 - window)...(window - 1)
    let pairs = range.flatMap { row in range.flatMap { [logarithm(row), logarithm($0)] } }
    return NDArray(pairs, shape: [pairs.count / 2, 2])
  }
}

/// The row of each query and key in a table of distances.
private func distances(window: Int) -> [Int] {
  let reach = 2 * window - 1, tokens = window * window
  return (0..<tokens).flatMap { query in
    (0..<tokens).map { key in
      (query / window - key / window + window - 1) * reach + query % window - key % window + window - 1
    }
  }
}

extension NetworkBuilder {
  /// The rows of a table `[(2w − 1)², heads]` for each query and key, `[heads, T, T]`.
  fileprivate mutating func byPairs(_ table: Value, window: Int) throws -> Value {
    let tokens = window * window
    let taken = try add(
      Gather(indices: distances(window: window), indicesShape: [tokens, tokens], axis: 0), [table], as: "bias.taken")
    return try add(Transpose(permutation: [2, 0, 1]), [taken], as: "bias")
  }
}

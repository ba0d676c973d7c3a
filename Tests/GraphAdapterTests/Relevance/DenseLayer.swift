import AttributionKit
import Kernels

/// `z = W x + b` with every weight written out, in doubles: what each rule of relevance propagation is defined on.
struct DenseLayer {
  /// One row for each output.
  let weights: [[Double]]
  let bias: [Double]

  init(_ weights: [[Double]], bias: [Double]) { (self.weights, self.bias) = (weights, bias) }

  /// A 3 × 3 convolution, padded by one, of `[I, side, side]`, weights `[O, I, 3, 3]`, with a batch normalisation behind
  /// it: `γ (z − μ)/√(σ² + ε) + β` in every channel.
  init(
    convolution kernel: NDArray, bias: [Float], side: Int,
    normalization: (scale: [Float], shift: [Float], mean: [Float], variance: [Float], epsilon: Double)?
  ) {
    let (outputs, inputs) = (kernel.shape[0], kernel.shape[1]), area = side * side
    let scalars = kernel.scalars
    var rows = [[Double]](repeating: [Double](repeating: 0, count: inputs * area), count: outputs * area)
    var shifts = [Double](repeating: 0, count: outputs * area)
    for o in 0..<outputs {
      var factor = 1.0, shift = Double(bias[o])
      if let n = normalization {
        factor = Double(n.scale[o]) / (Double(n.variance[o]) + n.epsilon).squareRoot()
        shift = factor * (shift - Double(n.mean[o])) + Double(n.shift[o])
      }
      for y in 0..<side {
        for x in 0..<side {
          shifts[o * area + y * side + x] = shift
          for i in 0..<inputs {
            for (dy, dx) in (0..<9).map({ ($0 / 3 - 1, $0 % 3 - 1) }) {
              guard (0..<side).contains(y + dy), (0..<side).contains(x + dx) else { continue }
              let tap = scalars[(o * inputs + i) * 9 + (dy + 1) * 3 + dx + 1]
              rows[o * area + y * side + x][i * area + (y + dy) * side + x + dx] = factor * Double(tap)
            }
          }
        }
      }
    }
    (weights, self.bias) = (rows, shifts)
  }

  func forward(_ x: [Double]) -> [Double] {
    zip(weights, bias).map { row, bias in zip(row, x).reduce(bias) { $0 + $1.0 * $1.1 } }
  }
}

/// The rules as the literature writes them, a sum over outputs for each input.
///
/// Bach et al. 2015; Montavon et al. 2019, table 1; γ for inputs of any sign as Andéol et al. 2021.
enum NaiveRule: CaseIterable {
  case epsilon, gamma, zPlus, alphaBeta, zBox, flat, wSquare

  static let bounds = (low: [-1.2, -0.9], high: [1.1, 1.4])

  /// As a value of the kit.
  var relevance: Relevance {
    switch self {
    case .epsilon: .epsilon(0.01)
    case .gamma: .gamma(0.25)
    case .zPlus: .zPlus
    case .alphaBeta: .alphaBeta(2, 1)
    case .zBox: .zBox(low: Self.bounds.low.map(Float.init), high: Self.bounds.high.map(Float.init))
    case .flat: .flat
    case .wSquare: .wSquare
    }
  }

  func propagate(_ relevance: [Double], through layer: DenseLayer, at x: [Double]) -> [Double] {
    let z = layer.forward(x), small = 1e-6
    let area = x.count / Self.bounds.low.count
    func stable(_ z: Double, _ epsilon: Double) -> Double { z < 0 ? z - epsilon : z + epsilon }
    var result = [Double](repeating: 0, count: x.count)
    for (j, row) in layer.weights.enumerated() {
      let b = layer.bias[j]
      /// What is added up, for each input, and what the bias adds.
      func share(_ contributions: [Double], _ bias: Double, _ fraction: Double = 1) {
        let sum = stable(contributions.reduce(bias, +), small)
        for i in result.indices { result[i] += fraction * contributions[i] / sum * relevance[j] }
      }
      let products = zip(x, row).map { $0 * $1 }
      switch self {
      case .epsilon:
        let sum = stable(z[j], 0.01)
        for i in result.indices { result[i] += products[i] / sum * relevance[j] }
      case .gamma where z[j] > 0:
        // A contribution above zero counts 1 + γ times, for an output above zero.
        share(products.map { $0 > 0 ? 1.25 * $0 : $0 }, b > 0 ? 1.25 * b : b)
      case .gamma where z[j] < 0: share(products.map { $0 < 0 ? 1.25 * $0 : $0 }, b < 0 ? 1.25 * b : b)
      case .gamma: break
      case .zPlus: share(products.map { max(0, $0) }, max(0, b))
      case .alphaBeta:
        share(products.map { max(0, $0) }, max(0, b), 2)
        let sum = products.reduce(min(0, b)) { $0 + min(0, $1) }
        for i in result.indices { result[i] -= min(0, products[i]) / stable(sum, small) * relevance[j] }
      case .zBox:
        share(
          row.indices.map { i in
            let (low, high) = (Self.bounds.low[i / area], Self.bounds.high[i / area])
            return x[i] * row[i] - low * max(0, row[i]) - high * min(0, row[i])
          }, 0)
      case .flat:
        // The window's own taps, whatever their weights.
        share(row.map { $0 == 0 ? 0 : 1 }, 0)
      case .wSquare: share(row.map { $0 * $0 }, b * b)
      }
    }
    return result
  }
}

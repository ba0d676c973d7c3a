import Tensors

/// How alike two places are.
public enum Kernel: String, Hashable, Sendable, CaseIterable, LosslessStringConvertible {
  /// `tanh(γ·a·b + 1)`, as in the paper's comparisons.
  case sigmoid
  /// `exp(−γ·|a − b|²)`
  case rbf
  /// `a·b`
  case linear

  public init?(_ description: String) { self.init(rawValue: description) }

  public var description: String { rawValue }

  static var expected: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

/// The factor `γ` of a kernel.
public enum Gamma: Hashable, Sendable, LosslessStringConvertible {
  /// One over the number of channels.
  case automatic
  case fixed(Float)

  public init?(_ description: String) {
    if description == "automatic" {
      self = .automatic
    } else if let value = Float(description), value > 0, value.isFinite {
      self = .fixed(value)
    } else {
      return nil
    }
  }

  public var description: String {
    switch self {
    case .automatic: "automatic"
    case .fixed(let value): "\(value)"
    }
  }

  static let expected = "automatic, or a number above 0"

  func value(channels: Int) -> Float {
    switch self {
    case .automatic: 1 / Float(max(1, channels))
    case .fixed(let value): value
    }
  }
}

/// How alike each two places are, less the means of rows and columns.
struct Likenesses {
  private let rows: [Double]
  private let places: Int

  /// The likenesses of the places of `[channels, height, width]`.
  init(of activation: Tensor, by kernel: Kernel, _ gamma: Float) {
    let places = activation.scalars.count / max(1, activation.shape[0])
    var rows = kernel.likenesses(of: activation.products(), gamma).scalars.map(Double.init)
    let means = (0..<places).map { p in rows[p * places..<(p + 1) * places].reduce(0, +) / Double(places) }
    let mean = means.reduce(0, +) / Double(max(1, places))
    for p in 0..<places { for q in 0..<places { rows[p * places + q] += mean - means[p] - means[q] } }
    (self.rows, self.places) = (rows, places)
  }

  func times(_ vector: [Double]) -> [Double] {
    rows.withUnsafeBufferPointer { rows in
      vector.withUnsafeBufferPointer { vector in
        (0..<places).map { p in
          var sum = 0.0
          for q in 0..<places { sum += rows[p * places + q] * vector[q] }
          return sum
        }
      }
    }
  }
}

extension Kernel {
  /// The kernel of each two places, given their products.
  fileprivate func likenesses(of products: Tensor, _ gamma: Float) -> Tensor {
    switch self {
    case .linear: return products
    // tanh v = 2 σ(2v) − 1
    case .sigmoid: return -1 + 2 * (2 + 2 * gamma * products).sigmoid()
    case .rbf:
      let places = products.shape[0]
      let squares = Tensor((0..<places).map { products.scalars[$0 * places + $0] }, shape: [places])
      // |a − b|² = a·a + b·b − 2 a·b, and e⁻ᵛ = σ(−v) / σ(v)
      let distances = (squares + (-2 * products + Tensor.outer(squares.map { _ in 1 }, squares))).rectified()
      let exponents = gamma * distances
      return (-exponents).sigmoid() / exponents.sigmoid()
    }
  }
}

extension Tensor {
  /// The product of the channels of each two places, `[places, places]`.
  fileprivate func products() -> Tensor {
    let places = scalars.count / Swift.max(1, shape[0])
    // Channel by channel, so that neighbours in memory are multiplied.
    var sums = [Double](repeating: 0, count: places * places)
    scalars.withUnsafeBufferPointer { a in
      sums.withUnsafeMutableBufferPointer { sums in
        for k in 0..<shape[0] {
          for p in 0..<places where a[k * places + p] != 0 {
            let factor = Double(a[k * places + p])
            for q in 0..<places { sums[p * places + q] += factor * Double(a[k * places + q]) }
          }
        }
      }
    }
    return Tensor(sums.map(Float.init), shape: [places, places])
  }
}

import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import Tensors

/// A T and an L of four pixels each on noise, and the network that tells them as well as can be.
///
/// Pictures are those of XAI-TRIS; the network is not trained: for two classes on Gaussian noise of a known covariance `Σ` the
/// best weights are known, `w = Σ⁻¹(t − l)`. Where noise is correlated they take pixels into account that hold no pattern,
/// only to subtract their noise: such suppressors are no evidence, and most methods show them.
public struct Tetrominoes: BenchmarkTask {
  public enum Kind: String, Sendable, CaseIterable {
    /// `y = wᵀx` on white noise: `w` is the patterns' difference.
    case white = "tris-white"
    /// `y = wᵀx` on smoothed noise.
    case correlated = "tris-correlated"
    /// `y = |tᵀx + lᵀx| − |tᵀx − lᵀx|`: whether both patterns have the same sign.
    case xor = "tris-xor"
  }

  public let kind: Kind
  public init(_ kind: Kind) { self.kind = kind }

  public var identifier: String { kind.rawValue }
  public var citation: String? { "Clark, Wilming & Haufe, Machine Learning 2024, arXiv:2306.12816" }
  public var summary: String {
    switch kind {
    case .white: "a T on white noise, told from an L by their pixels."
    case .correlated: "a T on smoothed noise, told from an L with the help of pixels that hold noise alone."
    case .xor: "a T and an L on white noise, and whether they have the same sign."
    }
  }

  private static let side = 8
  private static let count = 12
  /// The share of the pattern in a picture; the rest is noise.
  private static let share: Float = 0.6
  /// How far noise is smoothed, in pixels.
  private static let smoothing: Float = 1.5

  private static let pixels = side * side
  /// At the upper left.
  private static let t = pattern([(1, 1), (1, 2), (1, 3), (2, 2)])
  /// At the lower right.
  private static let l = pattern([(4, 5), (5, 5), (6, 5), (6, 6)])

  private static func pattern(_ places: [(y: Int, x: Int)]) -> [Float] {
    var pattern = [Float](repeating: 0, count: pixels)
    for (y, x) in places { pattern[y * side + x] = 1 }
    return pattern
  }

  public func forEachCase(_ body: (BenchmarkCase) throws -> Void) throws {
    let model = try GraphModel(network(1)) { network($0) }
    let truth = Tensor(zip(Self.t, Self.l).map { $0 + $1 }, shape: [Self.side, Self.side])
    for index in 0..<Self.count {
      var random = SplitMix64(seed: 41, stream: index)
      let sign: Float = kind == .xor && index % 2 == 1 ? -1 : 1, noise = noise(&random)
      let image = (0..<Self.pixels).map { pixel in
        let signal = Self.t[pixel] + (kind == .xor ? Self.l[pixel] : 0)
        return Self.share * sign * signal + (1 - Self.share) * noise[pixel]
      }
      let session = try ExplanationSession(
        of: model, on: Tensor(image, shape: [1, Self.side, Self.side]), for: ClassLogit(index: 0),
        options: SessionOptions(colors: InputColors(black: [0], white: [1])))
      try body(BenchmarkCase(session, truth: truth))
    }
  }

  /// Noise of deviation ½ at every pixel.
  private func noise(_ random: inout SplitMix64) -> [Float] {
    let white = (0..<Self.pixels).map { _ in random.gaussian() }
    guard kind == .correlated else { return white.map { 0.5 * $0 } }
    return Self.smoother.map { row in 0.5 * zip(row, white).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  /// The rows of the matrix that smooths, each of length one, so that all pixels have the same deviation.
  private static let smoother: [[Float]] = (0..<pixels).map { own in
    var single = Tensor(repeating: 0, shape: [side, side])
    single[own] = 1
    let row = single.blurred(deviation: smoothing).scalars
    let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return row.map { $0 / length }
  }

  /// `Σ⁻¹(t − l)`, by conjugate gradients, with a hundredth of white noise so that there is an inverse.
  private static let best: [Float] = {
    let difference = zip(t, l).map { Double($0 - $1) }
    func covariance(of x: [Double]) -> [Double] {
      let inner = (0..<pixels).map { k in (0..<pixels).reduce(0.0) { $0 + Double(smoother[$1][k]) * x[$1] } }
      return (0..<pixels).map { i in
        0.01 * x[i] + (0..<pixels).reduce(0.0) { $0 + Double(smoother[i][$1]) * inner[$1] }
      }
    }
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    var (x, r) = ([Double](repeating: 0, count: pixels), difference)
    var p = r
    while dot(r, r) > 1e-16 * dot(difference, difference) {
      let q = covariance(of: p), steepness = dot(r, r), length = steepness / dot(p, q)
      for i in 0..<pixels {
        x[i] += length * p[i]
        r[i] -= length * q[i]
      }
      let share = dot(r, r) / steepness
      for i in 0..<pixels { p[i] = r[i] + share * p[i] }
    }
    return x.map(Float.init)
  }()

  /// Flatten → sums → ReLU → one number; `s = R(s) − R(−s)`, and `|s| = R(s) + R(−s)`.
  private func network(_ images: Int) -> Graph {
    let sum = zip(Self.t, Self.l).map { $0 + $1 }, difference = zip(Self.t, Self.l).map { $0 - $1 }
    let rows =
      switch kind {
      case .white: [difference, difference.map { -$0 }]
      case .correlated: [Self.best, Self.best.map { -$0 }]
      case .xor: [sum, sum.map { -$0 }, difference, difference.map { -$0 }]
      }
    let output: [Float] = kind == .xor ? [1, 1, -1, -1] : [1, -1], count = rows.count
    let weights = (0..<Self.pixels * count).map { rows[$0 % count][$0 / count] }
    return Graph(
      inputs: [.init("image", shape: [images, 1, Self.side, Self.side])],
      nodes: [
        Node(Reshape(to: [images, Self.pixels]), ["image"], to: "pixels"),
        Node(Linear(), ["pixels", "w1", "b1"], to: "sums"),
        Node(ElementwiseFunction(.relu), ["sums"], to: "active"), Node(Linear(), ["active", "w2"], to: "score"),
      ],
      constants: [
        "w1": NDArray(Tensor(weights, shape: [Self.pixels, count])).asConstant(),
        "b1": NDArray(Tensor(repeating: 0, shape: [count])).asConstant(),
        "w2": NDArray(Tensor(output, shape: [count, 1])).asConstant(),
      ], outputs: ["score"])
  }
}

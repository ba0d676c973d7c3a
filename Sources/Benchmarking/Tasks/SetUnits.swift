import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import Tensors

/// Small networks whose weights are set by hand so that it is known which pixels decide, each a pitfall of its own.
///
/// They follow the units of "XAI-Units: Benchmarking explainability methods with unit tests", 2025, arXiv:2506.01059, on
/// images of 8 × 8 pixels instead of tables.
public struct SetUnit: BenchmarkTask {
  public enum Kind: String, Sendable, CaseIterable {
    /// `y = Σ wᵢxᵢ` over some pixels.
    case linear
    /// `y = 1 − R(1 − Σ xᵢ)` over some pixels, whose sum is beyond 1: the derivative is zero.
    case saturated
    /// `y = R(x₁ + x₂ − 1)`: only both pixels together count.
    case interacting
    /// `y = Σ wᵢxᵢ + 9·R(Σ xⱼ − 9)` over others that never reach 9: a branch that is not taken.
    case inactive
  }

  public let kind: Kind
  public init(_ kind: Kind) { self.kind = kind }

  public var identifier: String { kind.rawValue }
  public var citation: String? { "Lee et al., 2025, arXiv:2506.01059" }
  public var summary: String {
    switch kind {
    case .linear: "a weighted sum of some pixels of a noise image."
    case .saturated: "the sum of some pixels, beyond which it grows no more: its derivative is zero, its cause is not."
    case .interacting: "two pixels that count together only."
    case .inactive: "a weighted sum of some pixels, and a branch for others that is not taken."
    }
  }

  private static let side = 8
  private static let count = 8

  public func forEachCase(_ body: (BenchmarkCase) throws -> Void) throws {
    for index in 0..<Self.count {
      var random = SplitMix64(seed: 31, stream: index)
      let pixels = Self.side * Self.side
      var places = Array(0..<pixels)
      // The first few of a random order.
      for place in 0..<16 { places.swapAt(place, place + random.below(pixels - place)) }
      let own = Array(places[..<(kind == .interacting ? 2 : 6)]), others = Array(places[8..<14])
      let image = Tensor((0..<pixels).map { _ in 0.55 + 0.4 * random.uniform() }, shape: [1, Self.side, Self.side])
      let model = try GraphModel(network(own, others, &random))
      var truth = Tensor(repeating: 0, shape: [Self.side, Self.side])
      for place in own { truth[place] = 1 }
      let session = try ExplanationSession(
        of: model, on: image, for: ClassLogit(index: 0),
        options: SessionOptions(colors: InputColors(black: [0], white: [1])))
      try body(BenchmarkCase(session, truth: truth))
    }
  }

  /// Flatten → two sums → ReLU → one number.
  private func network(_ own: [Int], _ others: [Int], _ random: inout SplitMix64) -> Graph {
    let pixels = Self.side * Self.side
    var weights = Tensor(repeating: 0, shape: [pixels, 2]), bias: [Float] = [0, 0], output: [Float] = [1, 0]
    var constant: Float = 0
    for place in own {
      weights[place * 2] = kind == .linear || kind == .inactive ? 0.5 + random.uniform() : kind == .saturated ? -1 : 1
    }
    switch kind {
    case .linear: break
    case .saturated: (bias, output, constant) = ([1, 0], [-1, 0], 1)
    case .interacting: bias = [-1, 0]
    case .inactive:
      for place in others { weights[place * 2 + 1] = 1 }
      (bias, output) = ([0, -9], [1, 9])
    }
    return Graph(
      inputs: [.init("image", shape: [1, 1, Self.side, Self.side])],
      nodes: [
        Node(Reshape(to: [1, pixels]), ["image"], to: "pixels"), Node(Linear(), ["pixels", "w1", "b1"], to: "sums"),
        Node(ElementwiseFunction(.relu), ["sums"], to: "active"), Node(Linear(), ["active", "w2", "b2"], to: "score"),
      ],
      constants: [
        "w1": NDArray(weights).asConstant(), "b1": NDArray(Tensor(bias, shape: [2])).asConstant(),
        "w2": NDArray(Tensor(output, shape: [2, 1])).asConstant(),
        "b2": NDArray(Tensor([constant], shape: [1])).asConstant(),
      ], outputs: ["score"])
  }
}

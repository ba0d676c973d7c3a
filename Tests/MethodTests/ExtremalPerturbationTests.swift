import AttributionKit
import ExtremalPerturbationMethod
import Tensors
import TestSupport
import Testing

@Suite struct ExtremalPerturbationTests {
  /// A chequered picture that is its own mirror image, and a network that sees how sharp its four outermost columns on
  /// either side are.
  private static let checks = Tensor(
    (0..<256).map { (min($0 % 16, 15 - $0 % 16) + $0 / 16) % 2 == 0 ? 1 : -1 }, shape: [1, 16, 16])
  private let network: ChainNetwork = {
    let weights = Self.checks.scalars.enumerated().map { min($0.offset % 16, 15 - $0.offset % 16) < 4 ? $0.element : 0 }
    return ChainNetwork(
      input: [1, 16, 16],
      [.linear("logits", weights: Tensor(weights, shape: [1, 256]), bias: Tensor([0], shape: [1]))])
  }()

  private func attribution(_ method: ExtremalPerturbation) throws -> Attribution {
    try method.attribution(in: ExplanationSession(of: network, on: Self.checks, for: .logit(0)))
  }

  @Test(arguments: [0.25, 0.5] as [Float]) func `the mask covers the area asked for, where the score comes from`(
    area: Float
  ) throws {
    let mask = try attribution(ExtremalPerturbation(area: area, iterations: 200)).values
    #expect(mask.shape == [16, 16] && mask.scalars.allSatisfy { (0...1).contains($0) })
    #expect(abs(mask.meanAndDeviation().mean - area) < 0.12, "\(mask.meanAndDeviation().mean)")
    func mean(_ columns: [Int]) -> Float {
      columns.reduce(0) { sum, x in sum + (0..<16).reduce(0) { $0 + mask.scalars[16 * $1 + x] } }
        / Float(16 * columns.count)
    }
    #expect(mean([0, 1, 2, 13, 14, 15]) > 2 * mean([6, 7, 8, 9]))
    let mirrored = Tensor(mask.scalars.indices.map { mask.scalars[$0 / 16 * 16 + 15 - $0 % 16] }, shape: mask.shape)
    #expect(mask.distance(to: mirrored) < 0.01, "what is alike on both sides has a mask that is alike")
  }

  @Test func `the score through the mask and its area are told`() throws {
    let remark = try #require(attribution(ExtremalPerturbation(area: 0.5, iterations: 10)).remarks.first)
    #expect(remark.hasPrefix("through the mask, ") && remark.contains("% of the picture, the score is "))
  }

  @Test func `a score that nothing changes shapes no mask`() throws {
    let flat = ChainNetwork(
      input: [1, 16, 16],
      [.linear("logits", weights: Tensor(repeating: 0, shape: [1, 256]), bias: Tensor([2], shape: [1]))])
    let map = try ExtremalPerturbation(iterations: 5).attribution(in: session(of: flat, for: .logit(0)))
    #expect(map.values == Tensor(repeating: 0, shape: [16, 16]) && map.status == .zeroGradient)
  }

  @Test func `what makes no sense is refused`() {
    #expect(throws: AttributionError.self) { try attribution(ExtremalPerturbation(iterations: 0)) }
    #expect(throws: AttributionError.self) { try attribution(ExtremalPerturbation(area: 1)) }
    #expect(throws: AttributionError.self) { try ExtremalPerturbation.descriptor.method(["area": "0"]) }
  }
}

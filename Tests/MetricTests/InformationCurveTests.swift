import AttributionKit
import FaithfulnessMetrics
import Tensors
import TestSupport
import Testing

/// SIC and AIC.
@Suite struct InformationCurveTests {
  /// The logits of 20 × 20 pixels: their sum over the left half, and a constant.
  static func network(against constant: Float) -> ChainNetwork {
    var weights = Tensor(repeating: 0, shape: [2, 400])
    for pixel in 0..<400 where pixel % 20 < 10 { weights[pixel] = 0.05 }
    return ChainNetwork(
      input: [1, 20, 20], [.linear("logits", weights: weights, bias: Tensor([0, constant], shape: [2]))])
  }

  /// Bright and dark pixels without any order.
  let image = Tensor.scattered([1, 20, 20], 0.618).map { $0 > 0 ? 1 : 0.25 }

  func judged(_ map: Tensor, against constant: Float = 4) throws -> Explanation {
    try explanation(map, of: Self.network(against: constant), on: image, for: .logit(0))
  }

  /// The map is on the half that counts, or on the other.
  func half(_ left: Bool) -> Tensor {
    Tensor((0..<400).map { ($0 % 20 < 10) == left ? 1 : 0 }, shape: [20, 20])
  }

  @Test func `the half that counts brings the class back sooner than the other`() throws {
    for metric in [SIC(baseline: .zero) as any AttributionMetric, AIC(baseline: .zero)] {
      let right = try #require(try metric.result(for: judged(half(true))).value)
      let wrong = try #require(try metric.result(for: judged(half(false))).value)
      // Information is had long before all pixels are sharp, so that neither is large.
      #expect(right > 0.1 && wrong < 0.05)
    }
  }

  @Test func `curves lead from nothing to everything and never fall`() throws {
    for metric in [SIC(baseline: .zero) as any AttributionMetric, AIC(baseline: .zero)] {
      let curve = try metric.result(for: judged(.scattered([20, 20], 0.3))).curves[0]
      #expect((curve.x.first, curve.y.first) == (0, 0))
      #expect((curve.x.last, curve.y.last) == (1, 1))
      #expect(zip(curve.x, curve.x.dropFirst()).allSatisfy { $0 <= $1 })
      #expect(curve.x.count == 15)
    }
  }

  /// Accuracy is nothing or all: the curve is a step, and what is left is the share of information before it.
  @Test func `AIC is the information that is not needed`() throws {
    let result = try AIC(baseline: .zero).result(for: judged(half(true), against: 3))
    let curve = result.curves[0]
    #expect(Set(curve.y) == [0, 1])
    let step = try #require(curve.y.firstIndex(of: 1))
    #expect(abs(result.value! - (1 - (curve.x[step] + curve.x[step - 1]) / 2)) < 1e-5)
  }

  @Test func `where the blurred image is answered alike there is no curve`() throws {
    let explained = try explanation(half(true), of: Self.network(against: 4), on: image, for: .logit(1))
    let result = try SIC(baseline: .zero).result(for: explained)
    #expect(result.value == nil)
    #expect(result.remarks == ["the network makes no less of the blurred image than of the image"])
    let flat = try explanation(
      half(true), of: Self.network(against: 4), on: Tensor(repeating: 1, shape: [1, 20, 20]), for: .logit(0))
    #expect(
      try SIC(baseline: .mean).result(for: flat).remarks
        == ["the blurred image holds as much information as the image"])
  }
}

import AttributionKit
import FaithfulnessMetrics
import Tensors
import TestSupport
import Testing

@Suite struct SufficiencyTests {
  private func results(_ metric: Sufficiency, _ maps: [Tensor], _ classes: [Int]) -> [Float?] {
    metric.results(for: zip(maps, classes).map { MetricTrace($0, classIndex: $1) }).map(\.value)
  }

  /// Eight images with maps of two kinds, as `Tests/Tools/metric_references.py` has them.
  @Test func `it is what Quantus computes`() throws {
    let traces = try (0..<8).map { k -> MetricTrace in
      let image = Tensor.scattered([3, 10, 10], 0.31 + 0.07 * Float(k))
      let map =
        Tensor.scattered([10, 10], 0.717 + 0.13 * Float(k % 2))
        + 0.25 * Tensor.scattered([10, 10], 0.217 + 0.031 * Float(k))
      return try Sufficiency().trace(of: explanation(map, of: .judged, on: image))
    }
    #expect(Set(traces.map(\.classIndex)).count == 4)
    let values = Sufficiency(alone: .zero).results(for: traces).map(\.value)
    for (k, value) in values.enumerated() {
      #expect(abs(try #require(value) - (try #require(metricReferences["sufficiency of \(k)"]))) < 1e-5, "\(k)")
    }
    #expect(values.contains { $0 != 0 } && values.contains { $0 != 1 })
  }

  @Test func `maps of two kinds tell two classes`() {
    let (a, b) = (Tensor([1, 0, 0, 0], shape: [2, 2]), Tensor([0, 0, 0, 1], shape: [2, 2]))
    #expect(results(Sufficiency(), [a, a, b, b], [0, 0, 1, 1]) == [1, 1, 1, 1])
    // One of the first kind is of the other class: the others lose half, and it has nobody of its own.
    #expect(results(Sufficiency(), [a, a, a, b, b], [0, 0, 1, 1, 1]) == [0.5, 0.5, 0, 1, 1])
    // All alike: the share of the same class.
    let share = Float(2) / 3, alike: [Float?] = [share, share, share, 0]
    #expect(results(Sufficiency(), [a, a, a, a], [0, 0, 0, 1]) == alike)
  }

  @Test func `what is alone, empty or not finite has no number`() throws {
    let (a, b) = (Tensor([1, 0, 0, 0], shape: [2, 2]), Tensor([0, 0, 0, 1], shape: [2, 2]))
    #expect(results(Sufficiency(), [a, a, b], [0, 0, 1]) == [1, 1, nil])
    #expect(results(Sufficiency(alone: .zero), [a, a, b], [0, 0, 1]) == [1, 1, 0])
    #expect(results(Sufficiency(), [a, a, Tensor(repeating: 0, shape: [2, 2])], [0, 0, 0])[2] == nil)
    #expect(results(Sufficiency(), [a, a, Tensor(repeating: .nan, shape: [2, 2])], [0, 0, 0]) == [1, 1, nil])
    #expect(results(Sufficiency(), [a], [0]) == [nil])
    #expect(try Sufficiency().result(for: explanation(a, of: .judged)).value == nil)
  }

  @Test func `maps are averaged, so that many can be kept`() throws {
    let network = ChainNetwork(
      input: [1, 64, 96],
      [.linear("logits", weights: Tensor(repeating: 0, shape: [2, 6144]), bias: Tensor(repeating: 0, shape: [2]))])
    var map = Tensor(repeating: 0, shape: [64, 96])
    // Of the first place, of 2 × 3 pixels, half.
    for pixel in [0, 1, 96] { map[pixel] = -4 }
    map[6143] = 12
    let kept = try Sufficiency().trace(of: explanation(map, of: network)).map
    #expect(kept.shape == [32, 32] && kept[0] == 1 && kept[1023] == 1 && kept[1] == 0)
  }
}

import AttributionKit
import Tensors
import Testing

@Suite struct AttributionStatusTests {
  static func map(_ values: [Float]) -> Attribution {
    Attribution(Tensor(values, shape: [1, values.count]), at: Layer("layer", shape: [3, 1, values.count]))
  }

  @Test(
    arguments: [
      ([1, -2, 3], "ok", -2...3), ([-1, -2, 0], "all-negative", -2...0), ([0, 0, 0], "zero-gradient", 0...0),
      ([2, 2, 2], "uniform", 2...2), ([-2, -2, -2], "all-negative", -2...(-2)), ([1, .nan, 3], "non-finite", 1...3),
      ([1, .infinity, 3], "non-finite", 1...3), ([.nan, .nan, .nan], "non-finite", 0...0),
      ([0, 0, 1e-30], "ok", 0...1e-30),
    ] as [([Float], String, ClosedRange<Float>)]) func `a map says what there is to see`(
      values: [Float], status: String, range: ClosedRange<Float>
    )
  {
    let map = Self.map(values)
    #expect(map.status.rawValue == status)
    #expect(map.range == range)
    #expect((map.status.hint == nil) == (status == "ok"))
  }

  @Test(
    arguments: [
      ([-1, -2, -3], "ok"), ([2, 2, 2], "ok"), ([0, 0, 0], "zero-gradient"), ([0, .nan, 0], "non-finite"),
    ] as [([Float], String)]) func `pixels have both signs, and one position is no background`(
      values: [Float], status: String
    )
  {
    let pixels = Attribution(Tensor(values, shape: [3, 1, 1]), at: Layer("input", shape: [3, 1, 1]))
    #expect(pixels.status.rawValue == status)
  }

  @Test func `pixels of which none stands out are uniform`() {
    func status(_ values: [Float], _ shape: [Int]) -> AttributionStatus {
      Attribution(Tensor(values, shape: shape), at: Layer("input", shape: shape)).status
    }
    #expect(status([2, 2, 2, 2, -1, -1, -1, -1], [2, 2, 2]) == .uniform)
    #expect(status([2, 2, 2, 2, -1, -1, -1, -1.001], [2, 2, 2]) == .ok)
    // Channels last, as some networks take them.
    #expect(status([2, -1, 1, 2, -1, 1, 2, -1, 1, 2, -1, 1], [2, 2, 3]) == .uniform)
  }

  @Test func `scores that do not differ, or are none, settle an attribution`() throws {
    let layer = Layer("input", shape: [1, 1, 2])
    func settled(_ scores: [Float]) -> Attribution? { Attribution(judgingBy: scores, shape: [1, 2], at: layer) }
    #expect(settled([3, 3.0000005, 3])?.values.scalars == [0, 0])
    #expect(settled([3, 3.0001]) == nil)
    #expect(settled([0, 1e-30]) == nil)
    #expect(settled([3, .infinity])?.status == .nonFinite)
    #expect(settled([.nan, .nan])?.status == .nonFinite)
  }
}

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
    ] as [([Float], String)]) func `pixels are only checked for zero and for not being finite`(
      values: [Float], status: String
    )
  {
    let pixels = Attribution(Tensor(values, shape: [3, 1, 1]), at: Layer("input", shape: [3, 1, 1]))
    #expect(pixels.status.rawValue == status)
  }
}

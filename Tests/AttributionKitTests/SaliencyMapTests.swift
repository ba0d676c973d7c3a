import AttributionKit
import Tensors
import TestSupport
import Testing

/// The formulas of ``Display``, written out.
@Suite struct SaliencyMapTests {
  func map(_ values: [Float]) -> Attribution { AttributionStatusTests.map(values) }

  func pixels(_ values: Tensor) -> Attribution { Attribution(values, at: Layer("input", shape: values.shape)) }

  @Test func `evidence is the positive part of a map, in units of its maximum`() {
    let saliency = map([-4, 0, 1, 2]).saliencyMap()
    #expect(saliency.values == Tensor([0, 0, 0.5, 1], shape: [1, 4]))
    #expect(saliency.fullScale == 2 && saliency.display == .evidence)
  }

  @Test func `signs are kept about zero, in units of the largest magnitude`() {
    let saliency = map([-4, 0, 2]).saliencyMap(.signed)
    #expect(saliency.values == Tensor([-1, 0, 0.5], shape: [1, 3]))
    #expect(saliency.fullScale == 4 && saliency.display == .signed)
  }

  @Test(arguments: [[0, 0, 0], [-1, -2, -3], [.nan, .nan, .nan]] as [[Float]]) func `nothing to see stays zero`(
    values: [Float]
  ) {
    let saliency = map(values).saliencyMap()
    #expect(saliency.values.scalars == [0, 0, 0] && saliency.fullScale == 0)
    if values[0] != -1 { #expect(map(values).saliencyMap(.signed).values.scalars == [0, 0, 0]) }
  }

  @Test func `what is not finite counts as zero and does not spoil the rest`() {
    let odd = [Float.infinity, 1, .nan, 2]
    #expect(map(odd).saliencyMap().values.scalars == [0, 0.5, 0, 1])
    #expect(map(odd).saliencyMap(.signed).values.scalars == [0, 0.5, 0, 1])
    let full = Tensor([0, 1, 0, 2], shape: [4]).percentile(99)
    #expect(pixels(Tensor(odd, shape: [1, 2, 2])).saliencyMap().values.scalars == [0, 1 / full, 0, 1])
  }

  /// Values of two channels, whose sums of magnitudes are twice those of one of them.
  private func stack(_ value: (Int) -> Float, count: Int) -> Attribution {
    let channel = (0..<count).map(value)
    return pixels(Tensor(channel + channel.map { -$0 }, shape: [2, 1, count]))
  }

  @Test func `pixels add up sizes over channels, and the brightest hundredth is as bright as the 99th percentile`() {
    let saliency = stack({ Float($0) }, count: 101).saliencyMap()
    #expect(saliency.fullScale == 198 && saliency.values.shape == [1, 101])
    for i in 0...100 { #expect(abs(saliency.values.scalars[i] - min(1, Float(i) / 99)) < 1e-6) }
  }

  @Test func `the percentile lies between two pixels where none is at its rank`() {
    // Rank 0.99 · 9 = 8.91 of the numbers 0, 1 … 9 doubled.
    #expect(abs((stack({ Float($0) }, count: 10).saliencyMap().fullScale ?? 0) - 2 * 8.91) < 1e-5)
  }

  @Test func `signs of pixels are those of the sum over channels`() {
    let values = Tensor([2, -4, 0, 1, -1, 1, 0, 1], shape: [2, 2, 2])
    let sums = Tensor([1, -3, 0, 2], shape: [2, 2]), full = Tensor([0, 1, 2, 3], shape: [4]).percentile(99)
    let saliency = pixels(values).saliencyMap(.signed)
    #expect(saliency.fullScale == full)
    #expect(saliency.values.scalars == sums.scalars.map { max(-1, min($0 / full, 1)) })
  }

  @Test func `pixels so few that a percentile misses them count with the largest`() {
    for display in [Display.evidence, .signed] {
      let saliency = stack({ $0 == 7 ? -4 : 0 }, count: 400).saliencyMap(display)
      #expect(saliency.fullScale == (display == .evidence ? 8 : 0))
    }
    let values = Tensor((0..<400).map { $0 == 7 ? -4 : 0 }, shape: [1, 20, 20])
    let saliency = pixels(values).saliencyMap(.signed)
    #expect(saliency.fullScale == 4 && saliency.values.scalars[7] == -1)
  }

  @Test(arguments: Display.allCases) func `pixels look the same whether their channels come first or last`(
    display: Display
  ) {
    let first = Tensor.ramp([3, 4, 5])
    let last = Tensor((0..<20).flatMap { p in (0..<3).map { first.scalars[$0 * 20 + p] } }, shape: [4, 5, 3])
    #expect(pixels(first).saliencyMap(display) == pixels(last).saliencyMap(display))
  }

  @Test func `texture stands around the middle by a tenth per deviation`() {
    let values = Tensor.ramp([3, 8, 8])
    let texture = pixels(values).saliencyMap(.texture)
    let (mean, deviation) = values.meanAndDeviation()
    #expect(texture.values.shape == [3, 8, 8] && texture.fullScale == nil)
    for (level, value) in zip(texture.values.scalars, values.scalars) {
      #expect(abs(level - (0.5 + 0.1 * (value - mean) / deviation)) < 1e-6)
    }
    let flat = pixels(Tensor(repeating: 5, shape: [3, 2, 2])).saliencyMap(.texture)
    #expect(flat.values.scalars.allSatisfy { $0 == 0.5 })
    #expect(map([1, 2]).saliencyMap(.texture).values == Tensor([0.4, 0.6], shape: [1, 1, 2]))
  }
}

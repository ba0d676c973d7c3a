import AttributionKit
import Images
import Rendering
import Tensors
import Testing

/// What is drawn, against what the kit's documentation of ``Display`` says.
@Suite struct SaliencyRasterTests {
  private func pixels(_ values: Tensor) -> Attribution { Attribution(values, at: Layer("input", shape: values.shape)) }

  /// Pixels of three channels, with enough of them for the brightest hundredth to be cut.
  private let values = Tensor((0..<3 * 20 * 15).map { Float(($0 * 7919) % 1009) / 100 - 4 }, shape: [3, 20, 15])

  /// The 99th percentile of magnitudes, interpolated.
  private func strength(_ sums: [Float]) -> Float {
    let sorted = sums.map { abs($0) }.sorted(), rank = 0.99 * Double(sums.count - 1)
    let share = Float(rank - rank.rounded(.down)), below = sorted[Int(rank)]
    return below + share * (sorted[Int(rank) + 1] - below)
  }

  @Test func `evidence of pixels is their size over its 99th percentile, in gray`() {
    let saliency = pixels(values).saliencyMap(.evidence), picture = saliency.raster()
    let sums = (0..<300).map { p in (0..<3).reduce(Float(0)) { $0 + abs(values.scalars[$1 * 300 + p]) } }
    let full = strength(sums)
    for p in 0..<300 {
      let level = Int(min(1, sums[p] / full) * 255 + 0.5)
      #expect(rgb(picture[p % 15, p / 15]) == [level, level, level])
    }
    #expect(Set(picture.samples).count > 100)
    #expect(ComparisonSheet.ColorBar(for: saliency) == .init(.gray, range: 0...Double(full)))
  }

  @Test func `signs of pixels are their sum over its 99th percentile, symmetric about white`() {
    let saliency = pixels(values).saliencyMap(.signed), picture = saliency.raster()
    let sums = (0..<300).map { p in (0..<3).reduce(Float(0)) { $0 + values.scalars[$1 * 300 + p] } }
    let full = strength(sums)
    for p in 0..<300 {
      let signed = max(-1, min(sums[p] / full, 1))
      #expect(rgb(picture[p % 15, p / 15]) == rgb(ColorMap.diverging[0.5 + 0.5 * signed]))
    }
    #expect(ComparisonSheet.ColorBar(for: saliency) == .init(.diverging, range: -Double(full)...Double(full)))
  }

  @Test func `texture is a tenth of a deviation around the middle, in the channels' own colors`() {
    let saliency = pixels(values).saliencyMap(.texture), picture = saliency.raster()
    let (mean, deviation) = values.meanAndDeviation()
    for p in 0..<300 {
      let color = (0..<3).map { channel in
        Int((min(max(0.5 + 0.1 * (values.scalars[channel * 300 + p] - mean) / deviation, 0), 1) * 255).rounded())
      }
      #expect(rgb(picture[p % 15, p / 15]) == color)
    }
    #expect(ComparisonSheet.ColorBar(for: saliency) == nil)
  }

  @Test func `maps over a photograph are evidence over their maximum, or signs over their largest magnitude`() throws {
    let map = Attribution(Tensor([-4, -1, 0, 1, 2, 0.5], shape: [2, 3]), at: Layer("relu", shape: [8, 2, 3]))
    let photograph = Raster(width: 3, height: 2, samples: (0..<18).map { UInt8($0 * 14) })
    for (display, colorMap) in [(Display.evidence, ColorMap.viridis), (.signed, .diverging)] {
      let picture = try Overlay(colorMap: colorMap, opacity: 0.5)
        .raster(of: map.saliencyMap(display).values, over: photograph)
      for p in 0..<6 {
        let value = map.values.scalars[p]
        let shown = rgb(display == .evidence ? colorMap[max(0, value) / 2] : colorMap[0.5 + 0.5 * value / 4])
        let mixed = zip(shown, rgb(photograph[p % 3, p / 3])).map { ($0 * 128 + $1 * 128 + 128) >> 8 }
        #expect(rgb(picture[p % 3, p / 3]) == mixed)
      }
    }
  }

  @Test func `nothing stays nothing in every display`() {
    let zero = pixels(Tensor(repeating: 0, shape: [3, 2, 2]))
    #expect(zero.saliencyMap().raster().samples.allSatisfy { $0 == 0 })
    #expect(zero.saliencyMap(.signed).raster().samples.allSatisfy { $0 >= 245 })
    #expect(zero.saliencyMap(.texture).raster().samples.allSatisfy { $0 == 128 })
  }

  @Test func `one channel is gray, and two leave blue in the middle`() {
    let one = pixels(Tensor([1, -1], shape: [1, 1, 2])).saliencyMap(.texture).raster()
    #expect(one.samples == [153, 153, 153, 102, 102, 102])
    let two = pixels(Tensor([1, -1, 1, -1], shape: [2, 1, 2])).saliencyMap(.texture).raster()
    #expect(two.samples == [153, 153, 128, 102, 102, 128])
  }

  @Test func `values that are not numbers do not end the program`() {
    let odd = pixels(Tensor([.nan, 1, .infinity, -1, .nan, 0], shape: [3, 1, 2]))
    for display in Display.allCases { #expect(odd.saliencyMap(display).raster().width == 2) }
  }
}

import AttributionKit
import Tensors
import TestSupport
import Testing

@Suite struct SaliencyMapTests {
  func map(_ values: [Float]) -> Attribution { AttributionStatusTests.map(values) }

  func pixels(_ values: Tensor) -> Attribution { Attribution(values, at: Layer("input", shape: values.shape)) }

  @Test(
    arguments: [
      (.maximum, [0, 0, 0.5, 1]), (.minMax, [0, 0.5, 0.75, 1]), (.fixed(8), [0, 0, 0.25, 0.5]),
      (.fixed(2), [0, 0, 1, 1]),
      (.fixed(0), [0, 0, 0, 0]),
    ] as [(SaliencyScale, [Float])]) func `a map keeps its positive evidence under each scale`(
      scale: SaliencyScale, expected: [Float]
    )
  {
    let saliency = map([-4, 0, 2, 4]).saliencyMap(scale: scale)
    #expect(saliency.intensities == Tensor(expected, shape: [1, 4]))
  }

  @Test(arguments: [[0, 0, 0], [-1, -2, -3], [.nan, .nan, .nan]] as [[Float]]) func `nothing to see stays zero`(
    values: [Float]
  ) {
    #expect(map(values).saliencyMap().intensities.scalars == [0, 0, 0])
  }

  @Test func `what is not finite does not spoil the rest`() {
    #expect(map([.infinity, 1, .nan, 2]).saliencyMap().intensities.scalars == [0, 0.5, 0, 1])
  }

  @Test func `a constant map is one under its maximum and zero between its extremes`() {
    #expect(map([3, 3]).saliencyMap().intensities.scalars == [1, 1])
    #expect(map([3, 3]).saliencyMap(scale: .minMax).intensities.scalars == [0, 0])
  }

  @Test func `panels share the strongest evidence`() {
    let panels = [map([1, 2]), map([-9, 4])]
    let scale = SaliencyScale.shared(by: panels)
    #expect(panels[0].saliencyMap(scale: scale).intensities.scalars == [0.25, 0.5])
    #expect(panels[1].saliencyMap(scale: scale).intensities.scalars == [0, 1])
  }

  @Test func `signed evidence is symmetric about one half`() {
    let saliency = map([-4, 0, 2]).signedSaliencyMap()
    #expect(saliency.intensities.scalars == [0, 0.5, 0.75])
    #expect(saliency.isSigned)
    #expect(map([0, 0]).signedSaliencyMap().intensities.scalars == [0.5, 0.5])
  }

  @Test func `grey pixels add up sizes over channels and clip the brightest percent`() {
    var values = Tensor(repeating: 0, shape: [2, 1, 101])
    for i in 0...100 { (values[i], values[101 + i]) = (Float(i), -Float(i)) }
    let grey = pixels(values).saliencyMap().intensities
    #expect(grey.shape == [1, 101])
    for i in 0...100 { #expect(abs(grey.scalars[i] - min(1, Float(i) / 99)) < 1e-6) }
  }

  @Test func `colours stand around grey by a tenth per deviation`() {
    let values = Tensor.ramp([3, 8, 8])
    let colours = pixels(values).colours()
    let (mean, deviation) = values.meanAndDeviation()
    #expect(colours.shape == [3, 8, 8])
    for (colour, value) in zip(colours.scalars, values.scalars) {
      #expect(abs(colour - (0.5 + 0.1 * (value - mean) / deviation)) < 1e-6)
    }
    #expect(pixels(Tensor(repeating: 5, shape: [3, 2, 2])).colours().scalars.allSatisfy { $0 == 0.5 })
  }
}

import AttributionKit
import Tensors
import TestSupport
import Testing

@Suite struct CombinationTests {
  let network = ChainNetwork.tiny()
  let session: ExplanationSession

  init() throws { session = try ExplanationSession(of: network, on: network.sample, for: .prediction) }

  func values(_ method: any AttributionMethod) throws -> Tensor { try method.attribution(in: session).values }

  let map = Tensor([-4, 2, 0, 1], shape: [2, 2])

  @Test func `the mean counts every map with its own strength`() throws {
    let other = Tensor([100, 0, -50, 200], shape: [2, 2])
    #expect(try values(Mean([Fixed(values: map), Fixed(values: other)])).scalars == [-0.25, 0.25, -0.125, 0.625])
    #expect(
      try values(Mean([Fixed(values: 1000 * map), Fixed(values: other)])).scalars == [-0.25, 0.25, -0.125, 0.625])
    #expect(try values(Mean([Fixed(values: map)])).scalars == [-1, 0.5, 0, 0.25])
  }

  @Test func `a map of zeros counts as zero`() throws {
    let nothing = Fixed(values: Tensor(repeating: 0, shape: [2, 2]))
    #expect(try values(Mean([Fixed(values: map), nothing])).scalars == [-0.5, 0.25, 0, 0.125])
    #expect(try values(Maximum([Fixed(values: map), nothing])).scalars == [0, 0.5, 0, 0.25])
    #expect(try Mean([nothing, nothing]).attribution(in: session).status == .zeroGradient)
  }

  @Test func `the maximum is the strongest evidence, or the mildest objection`() throws {
    let other = Tensor([-1, 8, -2, -16], shape: [2, 2])
    #expect(
      try values(Maximum([Fixed(values: map), Fixed(values: other)])).scalars == [-0.0625, 0.5, 0, 0.25])
  }

  @Test func `a coarse map is stretched over the finest, with its signs`() throws {
    let coarse = Tensor([-1, 1], shape: [1, 2]), fine = Tensor.ramp([2, 4])
    let strength = fine.scalars.map { abs($0) }.max() ?? 0
    let stretched = Tensor([-1, -0.5, 0.5, 1, -1, -0.5, 0.5, 1], shape: [2, 4])
    let mean = try values(Mean([Fixed(values: coarse), Fixed(values: fine)]))
    #expect(mean.distance(to: 0.5 * (stretched + 1 / strength * fine)) < 1e-6)
    #expect(try values(Mean([Fixed(values: fine), Fixed(values: coarse)])).distance(to: mean) < 1e-6)
  }

  @Test func `pixels meet maps as the sum of their channels, at full intensity from the 99th percentile`() throws {
    let pixels = Tensor.ramp([3, 20, 10]), sum = pixels.channelSum()
    let full = sum.magnitudes().percentile(99)
    let one = Tensor([2], shape: [1, 1])
    let mean = try Mean([Fixed(values: one), Fixed(values: pixels)]).attribution(in: session)
    #expect(mean.isMap && mean.layer == network.input)
    #expect(mean.values.distance(to: 0.5 * (1 + 1 / full * sum)) < 1e-6)
    #expect(full < sum.magnitudes().percentile(100))
  }

  @Test func `pixels alone keep their channels, wherever the network has them`() throws {
    let a = Tensor.ramp([3, 4, 4]), b = Tensor.ramp([3, 4, 4], phase: 0.3)
    let mean = try values(Mean([Fixed(values: a), Fixed(values: b)]))
    let fullA = a.magnitudes().percentile(99), fullB = b.magnitudes().percentile(99)
    #expect(mean.distance(to: 0.5 * (1 / fullA * a + 1 / fullB * b)) < 1e-6)
    let channelsLast = Tensor((0..<24).map { Float($0) }, shape: [4, 2, 3])
    let summed = Tensor((0..<8).map { Float(9 * $0 + 3) }, shape: [4, 2])
    let met = try values(Mean([Fixed(values: channelsLast), Fixed(values: Tensor([1], shape: [1, 1]))]))
    #expect(met.distance(to: 0.5 * (1 + 1 / summed.percentile(99) * summed)) < 1e-6)
  }

  @Test func `pixels too few for a percentile count with the largest`() throws {
    var sparse = Tensor(repeating: 0, shape: [1, 20, 20])
    sparse[7] = -8
    #expect(try values(Mean([Fixed(values: sparse)])).scalars[7] == -1)
  }

  @Test func `pixels of different inputs are an error, values that are no numbers stay so`() throws {
    #expect(throws: AttributionError.incompatibleGrids([3, 2, 2], [1, 2, 2])) {
      try values(Mean([Fixed(values: .ramp([3, 2, 2])), Fixed(values: .ramp([1, 2, 2]))]))
    }
    let odd = Fixed(values: Tensor([.nan, 1, .infinity, 2], shape: [2, 2]))
    for method in [Maximum([odd, Fixed(values: map)]), Maximum([Fixed(values: map), odd])] {
      let result = try method.attribution(in: session)
      #expect(result.status == .nonFinite && result.values.scalars[0].isNaN && result.values.scalars[1] == 0.5)
    }
  }

  @Test func `magnitude and negative keep the grid, and the negative of a counterfactual is the method`() throws {
    #expect(try values(Absolute(Fixed(values: map))).scalars == [4, 2, 0, 1])
    #expect(try values(Negative(Fixed(values: map))).scalars == [4, -2, 0, -1])
    let against = try Negative(Weighing()).attribution(in: session)
    let counterfactual = try Weighing(isNegated: true).attribution(in: session)
    #expect(against.values.distance(to: counterfactual.values) == 0 && against.layer == counterfactual.layer)
  }

  @Test func `what is known of a method is known of its negative`() throws {
    struct Complete: AttributionMethod {
      func attribution(in session: ExplanationSession) throws -> Attribution {
        let values = Tensor([1, 2, -5, 4], shape: [2, 2])
        return Attribution(
          values, at: session.inputLayer,
          facts: [.completeness(Completeness(of: values, expected: 3)), .remark("so")])
      }
    }
    let negative = try Negative(Complete()).attribution(in: session)
    #expect(negative.completeness?.sum == -2 && negative.completeness?.expected == -3 && negative.remarks == ["so"])
    #expect(try Absolute(Complete()).attribution(in: session).completeness == nil)
    #expect(try Mean([Complete(), Complete()]).attribution(in: session).remarks == ["so"])
    let smooth = try Smooth(Complete(), samples: 3).attribution(in: session)
    #expect(smooth.completeness?.sum == 2 && smooth.completeness?.expected == 3 && smooth.remarks == ["so"])
  }

  @Test func `layers are the maximum of the method on each of them, on the finest grid`() throws {
    let layers = ["relu1", "relu2"].map(TargetLayer.matching)
    let fused = try Layers(layers) { Weighing(targetLayer: $0) }.attribution(in: session)
    let parts = try layers.map { try Weighing(targetLayer: $0).attribution(in: session).values }
    let scaled = parts.map { part in 1 / (part.magnitudes().scalars.max() ?? 1) * part }
    #expect(fused.values.scalars == zip(scaled[0].scalars, scaled[1].scalars).map { max($0, $1) })
    #expect(fused.layer.name == "relu1")
  }

  @Test func `one walk back serves all layers, and both factors, however they are ordered`() throws {
    for method: any AttributionMethod in [
      Layers([.matching("relu1"), .matching("relu2")]) { Weighing(targetLayer: $0) },
      Mean([Weighing(targetLayer: .matching("relu1")), Slope(), Weighing()]), Slope() * Weighing(),
    ] {
      let session = try ExplanationSession(of: network, on: network.sample, for: .prediction)
      _ = try method.attribution(in: session)
      #expect(session.backwardPasses == 1)
    }
  }
}

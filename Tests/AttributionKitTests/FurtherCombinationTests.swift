import AttributionKit
import Tensors
import TestSupport
import Testing

@Suite struct FurtherCombinationTests {
  let network = ChainNetwork.tiny()
  let session: ExplanationSession

  init() throws { session = try ExplanationSession(of: network, on: network.sample, for: .prediction) }

  func values(_ method: any AttributionMethod) throws -> Tensor { try method.attribution(in: session).values }

  let map = Tensor([-4, 2, 0, 1], shape: [2, 2])

  // MARK: Smooth

  @Test(arguments: [Smooth.Statistic.square, .variance]) func `squares and variances are those over noisy copies`(
    statistic: Smooth.Statistic
  ) throws {
    let x = network.sample, range = x.scalars.max()! - x.scalars.min()!
    var seeds = SplitMix64(seed: 3)
    let slopes = try (0..<5).map { _ in
      let copy = x + 0.3 * range * Tensor(gaussianNoise: x.shape, seed: seeds.next())
      return try session.repeated(on: copy).inputGradient().scalars.map(Double.init)
    }
    let expected = x.scalars.indices.map { i in
      let column = slopes.map { $0[i] }, mean = column.reduce(0, +) / 5
      let center = statistic == .square ? 0 : mean
      return Float(column.reduce(0) { $0 + ($1 - center) * ($1 - center) } / 5)
    }
    let smooth = Smooth(Slope(), samples: 5, noise: 0.3, seed: 3, statistic: statistic)
    #expect(try values(smooth).distance(to: Tensor(expected, shape: x.shape)) < 1e-6)
    #expect(expected.contains { $0 > 1e-4 })
  }

  @Test func `what never changes has no variance`() throws {
    #expect(try values(Smooth(Fixed(values: 1000 * map), statistic: .variance)).scalars == [0, 0, 0, 0])
    #expect(try values(Smooth(Fixed(values: map), statistic: .square)).scalars == [16, 4, 0, 1])
  }

  // MARK: Flip

  @Test func `augmentation is the mean over brightness and mirror images, mirrored back`() throws {
    func mirrored(_ image: Tensor) -> Tensor {
      Tensor(image.scalars.indices.map { image.scalars[$0 / 4 * 4 + 3 - $0 % 4] }, shape: image.shape)
    }
    var sum = 0 * network.sample
    for factor: Float in [0.75, 1, 1.25] {
      sum = sum + (try session.repeated(on: factor * network.sample).inputGradient())
      sum = sum + mirrored(try session.repeated(on: factor * mirrored(network.sample)).inputGradient())
    }
    #expect(try values(Augmented(Slope(), brightness: 0.25)).distance(to: (1 / 6) * sum) < 1e-6)
  }

  @Test func `a map that does not look is mirrored, and copies are counted`() throws {
    #expect(try values(Augmented(Fixed(values: map), brightness: 0)).scalars == [-1, -1, 0.5, 0.5])
    let before = network.forwardPasses
    _ = try values(Augmented(Fixed(values: map)))
    #expect(network.forwardPasses == before + 5)
    #expect(Augmented(Slope()).cost(on: network) == .shared + .forward(5) + .backward(5))
    #expect(Augmented(Slope(), brightness: 0).cost(on: network) == .shared + .forward() + .backward())
  }

  @Test func `pixels are mirrored wherever their channels are`() throws {
    let grid = try #require(ImageGrid([2, 2, 3]))
    #expect(grid.isChannelsLast)
    let image = Tensor((0..<12).map(Float.init), shape: [2, 2, 3])
    #expect(grid.mirrored(image).scalars == [3, 4, 5, 0, 1, 2, 9, 10, 11, 6, 7, 8])
    #expect(grid.mirrored(grid.mirrored(image)) == image)
  }

  // MARK: Consensus and difference

  @Test func `consensus is the mean over the deviation and its mean`() throws {
    let other = Tensor([4, 2, 0, -4], shape: [2, 2])
    // Means 0, ½, 0, −⅜; deviations 1, 0, 0, 5⁄8, on the average 13⁄32.
    let usual: Float = 13 / 32
    let expected: [Float] = [0, 0.5, 0, -0.375 / (1 + 0.625 / usual)]
    let consensus = try values(Consensus([Fixed(values: map), Fixed(values: other)]))
    #expect(consensus.distance(to: Tensor(expected, shape: [2, 2])) < 1e-6)
    #expect(try values(Consensus([Fixed(values: map), Fixed(values: 7 * map)])).scalars == [-1, 0.5, 0, 0.25])
  }

  @Test func `a difference is of maps of one scale`() throws {
    let other = Tensor([40, 20, 0, -10], shape: [2, 2])
    #expect(try values(Difference(Fixed(values: map), Fixed(values: other))).scalars == [-2, 0, 0, 0.5])
    #expect(try values(Difference(Fixed(values: map), Fixed(values: 3 * map))).scalars == [0, 0, 0, 0])
  }

  // MARK: Within

  @Test func `only the box is left, on the pixels of the input`() throws {
    let boxed = try Within(Fixed(values: map), left: .pixels(1), top: .share(0.5)).attribution(in: session)
    let whole = map.resized(height: 4, width: 4)
    #expect(boxed.values.shape == [4, 4] && boxed.layer == network.input)
    for y in 0..<4 {
      for x in 0..<4 {
        #expect(boxed.values.scalars[4 * y + x] == (x >= 1 && y >= 2 ? whole.scalars[4 * y + x] : 0))
      }
    }
    let pixels = try values(Within(Slope(), left: .pixels(2), right: .pixels(3)))
    let slope = try session.inputGradient()
    for i in slope.scalars.indices { #expect(pixels.scalars[i] == (i % 4 == 2 ? slope.scalars[i] : 0)) }
  }

  @Test func `the share of the evidence inside is told`() throws {
    let even = Tensor(repeating: 1, shape: [4, 4])
    let quarter = try Within(Fixed(values: even), right: .pixels(2), bottom: .share(0.5)).attribution(in: session)
    #expect(quarter.remarks == ["25 % of the evidence lies in the box"])
    let none = try Within(Fixed(values: -1 * even)).attribution(in: session)
    #expect(none.remarks == ["there is no evidence, in the box or outside"])
  }

  @Test func `a box without pixels is refused`() {
    #expect(throws: AttributionError.self) { try values(Within(Slope(), left: .pixels(3), right: .pixels(3))) }
    #expect(throws: AttributionError.self) { try values(Within(Slope(), top: .pixels(9))) }
    for text in ["12", "0%", "100%", "12.5%"] { #expect(BoxEdge(text)?.description == text) }
    for text in ["-1", "1.5", "101%", "x", ""] { #expect(BoxEdge(text) == nil) }
  }

  // MARK: Eigen

  @Test func `the principal component of two channels is that of their 2 × 2 matrix`() throws {
    let pixels = Tensor([1, 2, 3, 4, 2, 1, 5, 8], shape: [2, 2, 2])
    // Centered: (−1.5, −.5, .5, 1.5) and (−2, −3, 1, 4); products 5, 11, 30: the larger eigenvalue's direction.
    let (a, b, c) = (5.0, 11.0, 30.0)
    let root = ((a - c) * (a - c) + 4 * b * b).squareRoot(), top = (a + c + root) / 2
    let (v, w) = (b, top - a), length = (v * v + w * w).squareRoot()
    let expected = zip([-1.5, -0.5, 0.5, 1.5], [-2, -3, 1, 4]).map { Float((v * $0 + w * $1) / length) }
    let eigen = try values(Eigen(Fixed(values: pixels)))
    #expect(eigen.distance(to: Tensor(expected, shape: [2, 2])) < 1e-5)
  }

  @Test func `channels that say the same are their centered pattern, whatever their number`() throws {
    let pattern = Tensor([0, 1, 4, 3], shape: [2, 2]), centered = -2 + pattern
    for weights in [[3, 4], [1, 2, 2, 4, 4, 2, 2]] as [[Float]] {
      let length = weights.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let pixels = Tensor.outer(Tensor(weights, shape: [weights.count]), pattern)
      let eigen = try values(Eigen(Fixed(values: pixels)))
      #expect(eigen.distance(to: length * centered) < 1e-4)
      #expect(try values(Eigen(Fixed(values: -1 * pixels))).distance(to: -length * centered) < 1e-4)
    }
  }

  @Test func `of a class activation map it is that of its weighed channels`() throws {
    let layer = try TargetLayer.matching("relu2").resolve(in: network)
    let weighed = try session.activation(at: layer) * session.gradient(at: layer).spatialMean()
    #expect(try values(Eigen(Weighing())) == values(Eigen(Fixed(values: weighed))))
    #expect(throws: AttributionError.noChannels) { try values(Eigen(Smooth(Weighing(), samples: 1))) }
  }

  // MARK: Frequency

  @Test func `a low pass filters each channel, and keeps what completeness says`() throws {
    let low = try values(LowPassed(Slope(), cutoff: 1))
    #expect(low == (try session.inputGradient()).lowPass(cutoff: 1))
    #expect(try values(LowPassed(Fixed(values: map), cutoff: 0)).scalars.allSatisfy { abs($0 + 0.25) < 1e-6 })
    struct Complete: AttributionMethod {
      func attribution(in session: ExplanationSession) throws -> Attribution {
        let values = try session.inputGradient()
        return Attribution(
          values, at: session.inputLayer, facts: [.completeness(Completeness(of: values, expected: 1))])
      }
    }
    let facts = try LowPassed(Complete(), cutoff: 1).attribution(in: session)
    #expect(facts.completeness?.expected == 1)
  }
}

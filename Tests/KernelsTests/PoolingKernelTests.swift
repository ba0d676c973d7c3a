import Kernels
import Testing

@Suite struct PoolingKernelTests {
  /// A pooling whose output shape rounds up or down, as PyTorch and ONNX define it.
  struct Case: CustomTestStringConvertible, Sendable {
    var images = 1
    var channels: Int
    var extent = [9, 8]
    var kernel = [3, 3]
    var stride = 2
    var dilation = 1
    var before = 0
    var after: Int?
    var roundsUp = false
    var testDescription: String { "\(input), \(geometry), rounding up: \(roundsUp)" }

    var input: [Int] { [images, channels] + extent }
    var geometry: PoolingGeometry {
      PoolingGeometry(
        kernel: kernel, strides: kernel.map { _ in stride }, dilations: kernel.map { _ in dilation },
        paddingBefore: kernel.map { _ in before }, paddingAfter: kernel.map { _ in after ?? before })
    }
    var output: [Int] {
      [images, channels]
        + kernel.indices.map { axis in
          let room = extent[axis] + before + (after ?? before) - (kernel[axis] - 1) * dilation - 1
          let steps = roundsUp ? (room + stride - 1) / stride : room / stride
          // A window must not start behind the input.
          return steps * stride >= extent[axis] + before ? steps : steps + 1
        }
    }

    static let table: [Case] = [
      .init(channels: 1), .init(channels: 3, before: 1), .init(images: 3, channels: 16, kernel: [2, 2]),
      .init(channels: 17, before: 1), .init(images: 2, channels: 24, kernel: [3, 2], stride: 1, before: 1, after: 0),
      .init(channels: 24, kernel: [5, 5], stride: 1, before: 2), .init(channels: 16, roundsUp: true),
      .init(channels: 24, extent: [10, 13], roundsUp: true),
      .init(channels: 3, kernel: [2, 2], before: 1, roundsUp: true),
      .init(channels: 24, extent: [12, 9], before: 1, roundsUp: true), .init(channels: 17, kernel: [9, 8], stride: 1),
      .init(channels: 16, stride: 1, dilation: 2, before: 1), .init(channels: 5, extent: [11], kernel: [3], before: 1),
      .init(channels: 16, extent: [11], kernel: [2], roundsUp: true),
      .init(channels: 17, extent: [5, 6, 4], kernel: [3, 2, 2], before: 0, roundsUp: true),
    ]
  }

  /// The indices that each output's window covers; `nil` stands for padding, positions beyond it are left out.
  private func window(_ place: [Int], _ c: Case) -> [[Int]?] {
    indices(c.kernel).compactMap { tap -> [Int]?? in
      let at = tap.indices.map { place[$0 + 2] * c.stride + tap[$0] * c.dilation - c.before }
      if at.indices.contains(where: { at[$0] >= c.extent[$0] + (c.after ?? c.before) }) { return nil }
      let isInside = at.indices.allSatisfy { (0..<c.extent[$0]).contains(at[$0]) }
      return .some(isInside ? place.prefix(2) + at : nil)
    }
  }

  private func firstMaximum(_ place: [Int], _ x: Exact, _ c: Case) -> [Int] {
    window(place, c).compactMap { $0 }.reduce(nil) { best, at in
      guard let best else { return at }
      return x[at] > x[best] ? at : best
    }!
  }

  @Test(arguments: Case.table)
  func `max pooling agrees with its definition`(_ c: Case) throws {
    let x = noise(c.input)
    let exact = Exact(x)
    var expected = Exact(zeros: c.output)
    for place in indices(c.output) { expected[place] = exact[firstMaximum(place, exact, c)] }
    for input in [x, try blocked(x)] {
      let y = try maxPooling(input, c.geometry, outputShape: c.output)
      #expect(distance(y, expected) == 0)
      #expect(hasCleanPadding(y))
    }
  }

  /// Constant and rounded inputs are full of ties, negative ones show whether padding takes part.
  @Test(arguments: Case.table, [0, 1, 2])
  func `the gradient of max pooling goes to the first maximum, also among ties`(_ c: Case, _ kind: Int) throws {
    let x: NDArray =
      switch kind {
      case 0: noise(c.input)
      case 1: NDArray(repeating: -1, shape: c.input)
      default: try apply(.round, apply(.linear(2, -3), noise(c.input)))
      }
    let v = noise(c.output, seed: 2)
    let (exact, cotangent) = (Exact(x), Exact(v))
    var expected = Exact(zeros: c.input)
    for place in indices(c.output) { expected[firstMaximum(place, exact, c)] += cotangent[place] }
    for input in [x, try blocked(x)] {
      for up in [v, try blocked(v)] {
        let gradient = try maxPoolingPullback(up, input: input, c.geometry)
        #expect(distance(gradient, expected) < 1e-6)
        #expect(gradient.layout == input.layout)
        #expect(hasCleanPadding(gradient))
      }
    }
  }

  @Test(arguments: Case.table, [false, true])
  func `average pooling and its pullback agree with their definitions`(_ c: Case, _ countsPadding: Bool) throws {
    var g = c.geometry
    g.countsPadding = countsPadding
    let (x, v) = (noise(c.input), noise(c.output, seed: 2))
    let (exact, cotangent) = (Exact(x), Exact(v))
    var expected = Exact(zeros: c.output)
    var gradient = Exact(zeros: c.input)
    for place in indices(c.output) {
      let positions = window(place, c)
      let divisor = Double(countsPadding ? positions.count : positions.count { $0 != nil })
      for at in positions.compactMap({ $0 }) {
        expected[place] += exact[at] / divisor
        gradient[at] += cotangent[place] / divisor
      }
    }
    for (input, up) in [(x, v), (try blocked(x), try blocked(v))] {
      let y = try averagePooling(input, g, outputShape: c.output)
      #expect(distance(y, expected) < 1e-6)
      #expect(hasCleanPadding(y))
      let pulled = try averagePoolingPullback(up, g, inputShape: c.input)
      #expect(distance(pulled, gradient) < 1e-6)
      #expect(hasCleanPadding(pulled))
    }
  }

  @Test(arguments: [1, 3, 16, 17, 24], [[7, 7], [5], [2, 3, 4]])
  func `global average pooling is the mean of each channel, and shares its cotangent out`(
    _ channels: Int, _ extent: [Int]
  ) throws {
    let x = noise([2, channels] + extent)
    let area = extent.reduce(1, *)
    let means = (0..<2 * channels).map { Exact(x).scalars[$0 * area..<($0 + 1) * area].reduce(0, +) / Double(area) }
    let expected = Exact(means, shape: [2, channels] + extent.map { _ in 1 })
    let v = noise(expected.shape, seed: 3)
    let shared = Exact(v.scalars.flatMap { Array(repeating: Double($0) / Double(area), count: area) }, shape: x.shape)
    for input in [x, try blocked(x)] {
      #expect(distance(try globalAveragePooling(input), expected) < 1e-6)
      let gradient = try globalAveragePoolingPullback(v, inputShape: x.shape, like: input.layout)
      #expect(gradient.layout == input.layout)
      #expect(distance(gradient, shared) < 1e-6)
      #expect(distance(try globalAveragePoolingPullback(blocked(v), inputShape: x.shape), shared) < 1e-6)
    }
  }

  @Test func `windows that cannot be are refused with a sentence`() {
    let x = noise([1, 3, 5, 5])
    func pool(_ kernel: Int, _ padding: Int, _ output: [Int]) throws -> NDArray {
      try maxPooling(
        x,
        PoolingGeometry(
          kernel: [kernel, kernel], strides: [2, 2], dilations: [1, 1], paddingBefore: [padding, padding],
          paddingAfter: [padding, padding]), outputShape: output)
    }
    #expect(throws: KernelError.self) { try pool(0, 0, [1, 3, 2, 2]) }
    #expect(throws: KernelError.self) { try pool(2, 2, [1, 3, 3, 3]) }
    #expect(throws: KernelError.self) { try pool(2, 0, [1, 3, 9, 9]) }
    #expect(throws: KernelError.self) { try pool(2, 0, [1, 4, 2, 2]) }
    #expect(throws: KernelError.self) { try globalAveragePooling(noise([3])) }
  }
}

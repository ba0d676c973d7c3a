import Kernels
import Testing

/// Kernels on bfloat16, against what the same rounded numbers give in double precision: only results are rounded again.
@Suite(.enabled(if: Precision.bfloat16.isSupported, "this processor has no bfloat16"))
struct BFloat16Tests {
  /// Half a unit in the last of 8 bits, and a little for the order of sums in float32.
  static let rounding = 1.0 / 256 + 1e-5

  private func halved(_ x: NDArray) -> NDArray { x.converted(to: .bfloat16) }

  /// Both ways an array may lie, in bfloat16.
  private func ways(_ x: NDArray) throws -> [NDArray] { [halved(x), halved(try blocked(x))] }

  @Test func `numbers are rounded to the nearest, ties to even`() {
    let unit: Float = 1 / 128
    let x = NDArray([1 + unit / 2, 1 + 1.5 * unit, 1 + 0.49 * unit, -3, 3e38, 0], shape: [6])
    #expect(rounded(x).scalars == [1, 1 + 2 * unit, 1, -3, rounded(NDArray([3e38], shape: [1])).scalars[0], 0])
    #expect(halved(x).layout.precision == .bfloat16)
    #expect(!halved(x).layout.isPlain)
    #expect(halved(x).plain().layout.isPlain)
  }

  @Test func `conversion keeps the order of memory`() throws {
    let x = try blocked(noise([2, 17, 3, 5]))
    let short = halved(x)
    #expect(short.layout.channelWidth == 16)
    #expect(short.converted(to: .float32).layout == x.layout)
    #expect(short.scalars == rounded(x).scalars)
    #expect(hasCleanPadding(short))
  }

  @Test func `arrays that no kernel takes stay as they are`() {
    #expect(halved(NDArray([2], shape: [])).layout.precision == .float32)
    #expect(halved(NDArray([], shape: [0, 3])).layout.precision == .float32)
  }

  @Test func `a constant is converted once`() {
    let weights = noise([4, 4]).asConstant()
    #expect(halved(weights).storage.pointer == halved(weights).storage.pointer)
  }

  @Test func `bfloat16 is never read as floats`() async {
    await #expect(processExitsWith: .failure) {
      NDArray([1, 2], shape: [2]).converted(to: .bfloat16).withScalars { _ in }
    }
  }

  @Test(arguments: ConvolutionCase.table)
  func `convolution, its summand and its pullback`(_ c: ConvolutionCase) throws {
    let (x, weights, bias) = (rounded(noise(c.input)), rounded(c.weights), noise([c.outputs], seed: 3))
    let exact = ExactConvolution(
      geometry: c.geometry, input: c.input, weights: Exact(weights),
      output: try c.geometry.outputShape(input: c.input, weights: weights.shape))
    let forward = exact.forward(Exact(x), bias: Exact(bias))
    let summand = rounded(noise(exact.output, seed: 5)), v = rounded(noise(exact.output, seed: 4))
    let summed = Exact(zip(forward.scalars, Exact(summand).scalars).map(+), shape: exact.output)
    let back = exact.transposed(Exact(v))
    for (input, cotangent) in zip(try ways(x), try ways(v)) {
      let y = try convolution(input, weights: weights, bias: bias, c.geometry)
      #expect(distance(y, forward) < Self.rounding)
      #expect(hasCleanPadding(y))
      let z = try convolution(
        input, weights: weights, bias: bias, c.geometry, activation: .relu, adding: halved(summand))
      // A summand may be read and written in bfloat16 more than once.
      #expect(distance(z, summed.map { max(0, $0) }) < 2 * Self.rounding)
      #expect(hasCleanPadding(z))
      let gradient = try convolutionPullback(cotangent, weights: weights, inputShape: c.input, c.geometry)
      #expect(distance(gradient, back) < (c.inputs <= 4 ? 1e-5 : Self.rounding))
      #expect(hasCleanPadding(gradient))
    }
  }

  @Test func `results stay in bfloat16 from one kernel to the next`() throws {
    let x = noise([2, 32, 12, 12]), g = ConvolutionGeometry(padding: 1)
    let weights = noise([48, 32, 3, 3])
    let y = try convolution(halved(x), weights: weights, bias: nil, g, activation: .relu)
    #expect(y.layout.precision == .bfloat16 && y.layout.channelWidth == 16)
    let pooling = PoolingGeometry(
      kernel: [2, 2], strides: [2, 2], dilations: [1, 1], paddingBefore: [0, 0], paddingAfter: [0, 0])
    let pooled = try maxPooling(y, pooling, outputShape: [2, 48, 6, 6])
    let results = [
      pooled, try maxPoolingPullback(pooled, input: y, pooling), try globalAveragePooling(y), try apply(.silu, y),
      try applyPullback(.relu, y, input: y), try gated(halved(noise(y.shape)), by: y), rectified(y),
      try combine(.add, y, y), try combine(.multiply, y, noise([1, 48, 1, 1])), try concatenated([y, y], axis: 1),
      try convolutionPullback(y, weights: weights, inputShape: x.shape, g),
    ]
    #expect(results.map(\.layout.precision) == results.map { _ in .bfloat16 })
  }

  @Test func `products of matrices are not rounded`() throws {
    let (a, b, bias) = (rounded(noise([3, 40])), rounded(noise([24, 40], seed: 2)), noise([24], seed: 3))
    var expected = Exact(zeros: [3, 24])
    for place in indices([3, 24]) {
      expected[place] = (0..<40).reduce(0) { $0 + Exact(a)[[place[0], $1]] * Exact(b)[[place[1], $1]] }
    }
    #expect(distance(try matrixProduct(halved(a), b, transposeB: true), expected) < 1e-5)
    #expect(distance(try matrixProduct(a, halved(b), transposeB: true), expected) < 1e-5)
    for place in indices([3, 24]) { expected[place] += Double(bias.scalars[place[1]]) }
    #expect(distance(try linear(halved(a), weights: b, transposesWeights: true, bias: bias), expected) < 1e-5)
  }

  @Test(arguments: [1, 17, 24]) func `gates pass what they pass in float32`(channels: Int) throws {
    let (v, x) = (rounded(noise([2, channels, 5, 7])), rounded(noise([2, channels, 5, 7], seed: 2)))
    let output = try apply(.clip(0, 0.7), x)
    for (cotangent, gate) in zip(try ways(v), try ways(output)) {
      for keepsNegative in [true, false] {
        for bound in [Float.infinity, 0.7] {
          let expected = try gated(
            v, by: rounded(output), below: rounded(.init([bound], shape: [1])).scalars[0], keepsNegative: keepsNegative)
          let passed = try gated(cotangent, by: gate, below: bound, keepsNegative: keepsNegative)
          #expect(passed.scalars == expected.scalars)
          #expect(hasCleanPadding(passed))
        }
      }
      #expect(rectified(cotangent).scalars == rectified(v).scalars)
      var sum = cotangent
      try accumulate(gate, into: &sum)
      #expect(sum.scalars == rounded(try combine(.add, v, rounded(output))).scalars)
      sum = try apply(.neg, cotangent)
      try accumulate(gate, into: &sum)
      #expect(sum.scalars == rounded(try combine(.subtract, rounded(output), v)).scalars)
    }
  }

  @Test func `gates take signs, zeros, infinities and what is no number as float32 does`() throws {
    let numbers: [Float] = [0, -0.0, 1e-38, -1e-38, 1, -1, 6, 6.5, .infinity, -.infinity, .nan]
    let pairs = numbers.flatMap { v in numbers.map { (v, $0) } }
    let (v, y) = (NDArray(pairs.map(\.0), shape: [pairs.count]), NDArray(pairs.map(\.1), shape: [pairs.count]))
    for (bound, keepsNegative) in [(Float.infinity, true), (6, true), (6, false), (.infinity, false)] {
      let expected = try gated(rounded(v), by: rounded(y), below: bound, keepsNegative: keepsNegative)
      let passed = try gated(halved(v), by: halved(y), below: bound, keepsNegative: keepsNegative)
      #expect(passed.scalars.map(\.description) == expected.scalars.map(\.description))
    }
    #expect(rectified(halved(v)).scalars == rectified(rounded(v)).scalars)
  }

  @Test(arguments: [
    UnaryFunction.relu, .clip(0, 0.6), .sigmoid, .silu, .hardSwish, .gelu, .tanh, .softsign, .selu(1.67, 1.05),
  ])
  func `functions and their gradients`(_ f: UnaryFunction) throws {
    let (x, v) = (rounded(noise([2, 17, 5, 6])), rounded(noise([2, 17, 5, 6], seed: 2)))
    let (y, gradient) = (Exact(try apply(f, x)), Exact(try applyPullback(f, v, input: x)))
    for (input, cotangent) in zip(try ways(x), try ways(v)) {
      #expect(distance(try apply(f, input), y) < Self.rounding)
      #expect(distance(try applyPullback(f, cotangent, input: input), gradient) < Self.rounding)
    }
  }

  @Test(
    arguments: [BinaryFunction.add, .subtract, .multiply, .divide, .maximum, .minimum, .power],
    [[2, 17, 3, 4], [1, 17, 1, 1], [2, 17, 1, 1], [1], [3, 1], [17, 3, 4]])
  func `functions of two arrays, whichever of them is of bfloat16`(_ f: BinaryFunction, _ shape: [Int]) throws {
    func positive(_ shape: [Int], _ seed: UInt64) throws -> NDArray {
      rounded(try apply(.linear(1, 1.5), noise(shape, seed: seed)))
    }
    let (a, b) = (try positive([2, 17, 3, 4], 1), try positive(shape, 2))
    let expected = Exact(try combine(f, a, b)), mirrored = Exact(try combine(f, b, a))
    for x in try ways(a) + [a] {
      for y in [b, halved(b)] {
        #expect(distance(try combine(f, x, y), expected) < Self.rounding)
        #expect(distance(try combine(f, y, x), mirrored) < Self.rounding)
      }
    }
  }

  @Test func `pooling and its gradients`() throws {
    let g = PoolingGeometry(
      kernel: [3, 3], strides: [2, 2], dilations: [1, 1], paddingBefore: [1, 1], paddingAfter: [1, 1])
    let shape = [2, 17, 9, 8], output = [2, 17, 5, 4]
    let (x, v) = (rounded(noise(shape)), rounded(noise(output, seed: 2)))
    let largest = try maxPooling(x, g, outputShape: output).scalars
    let mean = Exact(try averagePooling(x, g, outputShape: output))
    let largestBack = Exact(try maxPoolingPullback(v, input: x, g))
    let meanBack = Exact(try averagePoolingPullback(v, g, inputShape: shape))
    for (input, cotangent) in zip(try ways(x), try ways(v)) {
      #expect(try maxPooling(input, g, outputShape: output).scalars == largest)
      #expect(distance(try averagePooling(input, g, outputShape: output), mean) < Self.rounding)
      #expect(distance(try maxPoolingPullback(cotangent, input: input, g), largestBack) < 2 * Self.rounding)
      #expect(distance(try averagePoolingPullback(cotangent, g, inputShape: shape), meanBack) < 2 * Self.rounding)
      let whole = try globalAveragePooling(input)
      #expect(distance(whole, Exact(try globalAveragePooling(x))) < Self.rounding)
      let spread = try globalAveragePoolingPullback(whole, inputShape: shape)
      #expect(
        distance(spread, Exact(try globalAveragePoolingPullback(rounded(whole), inputShape: shape))) < Self.rounding)
    }
  }

  @Test(arguments: [ReductionKind.sum, .mean, .max, .l2, .logarithmOfSum])
  func `reductions, also along axes of one`(_ kind: ReductionKind) throws {
    let x = rounded(try apply(.linear(1, 1.5), noise([1, 17, 3, 4])))
    for axes in [[0], [1], [2, 3]] {
      let expected = Exact(try reduced(x, kind, axes: axes))
      for input in try ways(x) { #expect(distance(try reduced(input, kind, axes: axes), expected) < 1e-6) }
    }
  }

  @Test func `kernels that know floats only are given floats`() throws {
    let x = rounded(noise([2, 16, 6, 6])), response = LocalResponse(size: 5)
    let permutation = [0, 2, 3, 1], margins = [0, 0, 1, 1]
    let kernels: [(NDArray) throws -> NDArray] = [
      { try transposed($0, permutation: permutation) },
      { try expanded($0.reshaped([2, 16, 36, 1]), to: [2, 16, 36, 2]) },
      { try padded($0, before: margins, after: margins, mode: .reflect) },
      { try padded($0, before: margins, after: margins, mode: .constant(1)) },
      { try sliced($0, starts: [0, 3, 0, 1], ends: [2, 9, 6, 6], steps: [1, 2, 1, 3]) },
      { try gathered($0, indices: [5, 0], axis: 1) }, { try softmax($0, axis: 1) }, { try logSoftmax($0, axis: -1) },
      { try layerNormalization($0, axis: -1, scale: nil, bias: nil, epsilon: 1e-5) },
      { try localResponseNormalization($0, response) }, { summed($0, to: [1, 16, 1, 1]) },
      { try localResponseNormalizationPullback($0, input: $0, response) },
      { try softmaxPullback($0, output: $0, axis: 1) },
      { try scattered($0, into: [2, 16, 8, 8], starts: [0, 0, 1, 1], steps: [1, 1, 1, 1]) },
    ]
    for kernel in kernels {
      let expected = Exact(try kernel(x))
      for input in try ways(x) { #expect(distance(try kernel(input), expected) < 1e-6) }
    }
  }

  @Test(arguments: [[16, 32], [17, 5]]) func `joining`(channels: [Int]) throws {
    let xs = channels.enumerated().map { rounded(noise([2, $1, 3, 4], seed: UInt64($0 + 1))) }
    let expected = try concatenated(xs, axis: 1).scalars
    #expect(try concatenated(xs.map { halved(try blocked($0)) }, axis: 1).scalars == expected)
    #expect(try concatenated([halved(try blocked(xs[0])), xs[1]], axis: 1).scalars == expected)
    #expect(try concatenated(xs.map(halved), axis: 1).scalars == expected)
  }
}

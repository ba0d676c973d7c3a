import Kernels
import Testing

@Suite struct ConvolutionKernelTests {
  private func reference(_ c: ConvolutionCase) throws -> ExactConvolution {
    ExactConvolution(
      geometry: c.geometry, input: c.input, weights: Exact(c.weights),
      output: try c.geometry.outputShape(input: c.input, weights: c.weights.shape))
  }

  @Test(arguments: ConvolutionCase.table)
  func `agrees with its definition, from plain and from blocked input`(_ c: ConvolutionCase) throws {
    let (x, bias) = (noise(c.input), noise([c.outputs], seed: 3))
    let expected = try reference(c).forward(Exact(x), bias: Exact(bias))
    for input in [x, try blocked(x)] {
      let y = try convolution(input, weights: c.weights, bias: bias, c.geometry)
      #expect(distance(y, expected) < 1e-5)
      #expect(hasCleanPadding(y))
    }
  }

  @Test(arguments: ConvolutionCase.table)
  func `the pullback is the transpose of the linear map`(_ c: ConvolutionCase) throws {
    let exact = try reference(c)
    let v = noise(exact.output, seed: 4)
    let expected = exact.transposed(Exact(v))
    for cotangent in [v, try blocked(v)] {
      let gradient = try convolutionPullback(cotangent, weights: c.weights, inputShape: c.input, c.geometry)
      #expect(distance(gradient, expected) < 1e-5)
      #expect(hasCleanPadding(gradient))
    }
  }

  @Test(arguments: ConvolutionCase.table)
  func `a fused summand and activation equal separate ones`(_ c: ConvolutionCase) throws {
    let x = noise(c.input)
    let plain = Exact(try convolution(x, weights: c.weights, bias: nil, c.geometry))
    let summand = noise(plain.shape, seed: 5)
    let summed = Exact(zip(plain.scalars, Exact(summand).scalars).map(+), shape: plain.shape)
    for addend in [summand, try blocked(summand)] {
      let y = try convolution(x, weights: c.weights, bias: nil, c.geometry, activation: .relu, adding: addend)
      #expect(distance(y, summed.map { max(0, $0) }) < 1e-5)
      #expect(hasCleanPadding(y))
    }
  }

  @Test(arguments: [
    UnaryFunction.relu, .leakyReLU(0.1), .clip(0, 0.5), .clip(0.25, 1), .sigmoid, .tanh, .elu(0.7), .gelu, .geluTanh,
    .silu, .hardSwish,
  ])
  func `every fused activation equals the separate one and leaves padding zero`(
    _ separate: UnaryFunction
  ) throws {
    let fused = try #require(FusedActivation(separate))
    let (x, weights) = (noise([2, 24, 6, 6]), noise([17, 24, 3, 3]))
    let g = ConvolutionGeometry(padding: 1)
    let y = try convolution(x, weights: weights, bias: nil, g, activation: fused)
    let expected = try apply(separate, convolution(x, weights: weights, bias: nil, g))
    #expect(distance(y, Exact(expected)) < 1e-5)
    #expect(hasCleanPadding(y))
  }

  @Test func `a batch equals its images one by one`() throws {
    let (x, weights) = (noise([3, 24, 14, 14]), noise([40, 24, 3, 3]))
    let g = ConvolutionGeometry(padding: 1)
    let batch = try convolution(x, weights: weights, bias: nil, g).scalars
    let single = try (0..<3).flatMap { image in
      let one = try gathered(x, indices: [image], axis: 0)
      return try convolution(one, weights: weights, bias: nil, g).scalars
    }
    #expect(zip(batch, single).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test(arguments: [(1, 0), (2, 0), (2, 1), (3, 2)], [1, 2])
  func `transposed convolution and its pullback agree with their definitions`(
    _ step: (stride: Int, extra: Int), _ groups: Int
  ) throws {
    let (inputs, outputs, extent) = (16, 24, 5)
    let weights = noise([inputs, outputs / groups, 3, 3])
    let g = ConvolutionGeometry(stride: step.stride, padding: 1, groups: groups)
    let grown = (extent - 1) * step.stride + 3 - 2 + step.extra
    let (x, bias) = (noise([2, inputs, extent, extent], seed: 6), noise([outputs], seed: 7))
    let output = [2, outputs, grown, grown]
    let exact = ExactConvolution(geometry: g, input: output, weights: Exact(weights), output: x.shape)
    var expected = exact.transposed(Exact(x))
    let biases = bias.scalars
    for place in indices(output) { expected[place] += Double(biases[place[1]]) }
    let y = try transposedConvolution(x, weights: weights, bias: bias, g, outputShape: output)
    #expect(distance(y, expected) < 1e-5)
    #expect(hasCleanPadding(y))
    let v = noise(output, seed: 8)
    let gradient = try transposedConvolutionPullback(v, weights: weights, inputShape: x.shape, g)
    #expect(distance(gradient, exact.forward(Exact(v), bias: nil)) < 1e-5)
  }

  @Test func `shapes that do not fit are refused with a sentence`() {
    let g = ConvolutionGeometry()
    #expect(throws: KernelError.self) {
      try convolution(noise([1, 3, 5, 5]), weights: noise([4, 2, 3, 3]), bias: nil, g)
    }
    #expect(throws: KernelError.self) {
      try convolution(noise([1, 3, 2, 2]), weights: noise([4, 3, 3, 3]), bias: nil, g)
    }
    #expect(throws: KernelError.self) {
      try convolution(noise([1, 3, 5, 5]), weights: noise([4, 3, 3, 3]), bias: noise([3]), g)
    }
    #expect(throws: KernelError.self) {
      try convolution(NDArray([], shape: [0, 3, 5, 5]), weights: noise([4, 3, 3, 3]), bias: nil, g)
    }
    #expect(throws: KernelError.self) {
      try convolutionPullback(noise([1, 4, 4, 4]), weights: noise([4, 3, 3, 3]), inputShape: [1, 3, 5, 5], g)
    }
    #expect(throws: KernelError.self) {
      try convolution(
        noise([1, 3, 5, 5]), weights: noise([4, 3, 3, 3]), bias: nil, g, adding: noise([1, 4, 5, 5]))
    }
  }
}

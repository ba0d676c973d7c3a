import Foundation
import GraphEngine
import Kernels
import Testing

@Suite struct ElementwiseTests {
  static let functions: [(UnaryFunction, @Sendable (Double) -> Double)] = [
    (.relu, { max(0, $0) }), (.leakyReLU(0.1), { $0 > 0 ? $0 : 0.1 * $0 }), (.clip(0, 0.5), { min(max($0, 0), 0.5) }),
    (.clip(-0.5, 0.25), { min(max($0, -0.5), 0.25) }), (.sigmoid, { 1 / (1 + exp(-$0)) }), (.tanh, { tanh($0) }),
    (.elu(0.7), { $0 > 0 ? $0 : 0.7 * (exp($0) - 1) }), (.gelu, { $0 * 0.5 * (1 + erf($0 / 2.0.squareRoot())) }),
    (.silu, { $0 / (1 + exp(-$0)) }), (.hardSwish, { $0 * min(max($0 / 6 + 0.5, 0), 1) }), (.exp, { exp($0) }),
    (.hardSigmoid(alpha: 0.2, beta: 0.5), { min(max(0.2 * $0 + 0.5, 0), 1) }), (.abs, { abs($0) }), (.neg, { -$0 }),
    (.tan, { tan($0) }), (.atan, { atan($0) }), (.sinh, { sinh($0) }), (.cosh, { cosh($0) }), (.asinh, { asinh($0) }),
    (.shrink(lambda: 0.3, bias: 0.2), { $0 < -0.3 ? $0 + 0.2 : $0 > 0.3 ? $0 - 0.2 : 0 }),
    (.erf, { erf($0) }), (.softplus, { log(1 + exp($0)) }), (.mish, { $0 * tanh(log(1 + exp($0))) }),
  ]

  @Test(arguments: functions.indices) func `values and slopes`(index: Int) throws {
    let (function, naive) = Self.functions[index]
    let x = ramp([2, 17, 3, 3])
    expectClose(
      try ElementwiseFunction(function).forward([x]), x.scalars.map { Float(naive(Double($0))) }, shape: x.shape,
      tolerance: 1e-5)
    try expectPullback(of: ElementwiseFunction(function), at: [x], step: 2e-3)
  }

  /// The square of such a divisor is zero in float32.
  @Test func `a tiny divisor has a slope where the quotient has one`() throws {
    let (x, divisor) = (NDArray([0, 1e-25], shape: [2]), NDArray([1e-25, 1e-25], shape: [2]))
    let point = LinearizationPoint(
      inputs: [x, divisor], output: nil, inputShapes: [[2], [2]], outputShape: [2], wanted: [true, true])
    let cotangents = try Arithmetic(.divide).pullback(NDArray([1, 1], shape: [2]), at: point)
    let slopes = try #require(cotangents[1]).scalars
    #expect(slopes[0] == 0 && abs(slopes[1] + 1e25) < 1e19)
  }

  @Test func `functions of positive numbers`() throws {
    let x = NDArray(ramp([2, 3, 4]).scalars.map { abs($0) + 0.2 }, shape: [2, 3, 4])
    expectClose(try ElementwiseFunction(.log).forward([x]), x.scalars.map { Foundation.log($0) }, shape: x.shape)
    for function in [UnaryFunction.log, .sqrt, .reciprocal] {
      try expectPullback(of: ElementwiseFunction(function), at: [x], step: 2e-3)
    }
  }

  @Test func `inverse functions on their domains`() throws {
    let x = NDArray(ramp([2, 3, 4]).scalars.map { 0.8 * $0 }, shape: [2, 3, 4])
    let beyond = NDArray(x.scalars.map { $0 + 2 }, shape: x.shape)
    let cases: [(UnaryFunction, NDArray, (Double) -> Double)] = [
      (.asin, x, { asin($0) }), (.acos, x, { acos($0) }), (.atanh, x, { atanh($0) }), (.acosh, beyond, { acosh($0) }),
    ]
    for (function, x, naive) in cases {
      expectClose(
        try ElementwiseFunction(function).forward([x]), x.scalars.map { Float(naive(Double($0))) }, shape: x.shape)
      try expectPullback(of: ElementwiseFunction(function), at: [x], step: 2e-3)
    }
  }

  @Test func `a rectifier does not pass cotangents at zero`() throws {
    for (function, expected) in [(UnaryFunction.relu, [Float(0), 0, 1]), (.clip(0, 6), [0, 0, 1])] {
      let output = NDArray([0, 0, 2], shape: [1, 3])
      let point = LinearizationPoint(
        inputs: [nil], output: output, inputShapes: [[1, 3]], outputShape: [1, 3], wanted: [true])
      let pulled = try ElementwiseFunction(function).pullback(NDArray([1, 1, 1], shape: [1, 3]), at: point)
      #expect(pulled[0]?.scalars == expected)
    }
  }

  static let arithmetics: [BinaryFunction] = [.add, .subtract, .multiply, .divide, .power, .maximum, .minimum]

  @Test(arguments: arithmetics) func `arithmetic broadcasts, and so do its slopes`(function: BinaryFunction) throws {
    let positive = function == .power || function == .divide
    func operand(_ shape: [Int], _ phase: Float) -> NDArray {
      NDArray(ramp(shape, phase: phase).scalars.map { positive ? abs($0) + 0.3 : $0 }, shape: shape)
    }
    for (a, b) in [
      ([2, 3, 4, 4], [2, 3, 4, 4]), ([2, 3, 4, 4], [1, 3, 1, 1]), ([3, 1], [2, 1, 4]), ([2, 3], []),
    ] {
      try expectPullback(
        of: Arithmetic(function), at: [operand(a, 0), operand(b, 0.43)], varying: [0, 1], step: 1e-3, tolerance: 1e-2)
    }
    let (x, y) = (operand([2, 3], 0), operand([3], 0.43))
    let naive: (Float, Float) -> Float =
      switch function {
      case .add: (+)
      case .subtract: (-)
      case .multiply: (*)
      case .divide: (/)
      case .power: { Foundation.pow($0, $1) }
      case .maximum: { max($0, $1) }
      case .minimum: { min($0, $1) }
      }
    let expected = (0..<6).map { naive(x.scalars[$0], y.scalars[$0 % 3]) }
    expectClose(try Arithmetic(function).forward([x, y]), expected, shape: [2, 3])
  }

  @Test func `a parametric ReLU multiplies what is negative`() throws {
    let x = ramp([2, 3, 4, 4]), slope = NDArray([0.1, 0.2, 0.3], shape: [3, 1, 1])
    let expected = x.scalars.enumerated().map { i, v in v > 0 ? v : slope.scalars[i / 16 % 3] * v }
    expectClose(try ParametricReLU().forward([x, slope]), expected, shape: x.shape)
    try expectPullback(of: ParametricReLU(), at: [x, slope])
  }
}

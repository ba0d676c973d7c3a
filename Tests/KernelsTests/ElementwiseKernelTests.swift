import Foundation
import Kernels
import Testing

@Suite struct ElementwiseKernelTests {
  /// A function, its definition in double precision, and numbers it is tested on beside the usual ones.
  struct Case: CustomTestStringConvertible, Sendable {
    let function: UnaryFunction
    var isPositive = false
    let definition: @Sendable (Double) -> Double
    var testDescription: String { "\(function)" }

    static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(Foundation.exp(-Swift.abs(x))) }
    static func logistic(_ x: Double) -> Double { 1 / (1 + Foundation.exp(-x)) }

    static let table: [Case] = [
      .init(function: .relu) { max(0, $0) },
      .init(function: .leakyReLU(0.1)) { $0 > 0 ? $0 : 0.1 * $0 },
      .init(function: .clip(-0.5, 1.5)) { min(max($0, -0.5), 1.5) },
      .init(function: .clip(0.25, 6)) { min(max($0, 0.25), 6) },
      .init(function: .sigmoid) { logistic($0) },
      .init(function: .tanh) { Foundation.tanh($0) },
      .init(function: .elu(0.7)) { $0 > 0 ? $0 : 0.7 * expm1($0) },
      .init(function: .selu(1.6732632, 1.0507010)) { 1.0507010 * ($0 > 0 ? $0 : 1.6732632 * expm1($0)) },
      .init(function: .celu(0.6)) { $0 > 0 ? $0 : 0.6 * expm1($0 / 0.6) },
      .init(function: .gelu) { 0.5 * $0 * (1 + Foundation.erf($0 / 2.0.squareRoot())) },
      .init(function: .geluTanh) {
        0.5 * $0 * (1 + Foundation.tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0)))
      },
      .init(function: .silu) { $0 * logistic($0) },
      .init(function: .hardSigmoid(alpha: 0.2, beta: 0.5)) { max(0, min(1, 0.2 * $0 + 0.5)) },
      .init(function: .hardSwish) { $0 * max(0, min(1, $0 / 6 + 0.5)) },
      .init(function: .softplus) { softplus($0) },
      .init(function: .softsign) { $0 / (1 + Swift.abs($0)) },
      .init(function: .mish) { $0 * Foundation.tanh(softplus($0)) },
      .init(function: .exp) { Foundation.exp($0) },
      .init(function: .log, isPositive: true) { Foundation.log($0) },
      .init(function: .sqrt, isPositive: true) { $0.squareRoot() },
      .init(function: .reciprocal, isPositive: true) { 1 / $0 },
      .init(function: .abs) { Swift.abs($0) },
      .init(function: .neg) { -$0 },
      .init(function: .sign) { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 },
      .init(function: .erf) { Foundation.erf($0) },
      .init(function: .floor) { $0.rounded(.down) },
      .init(function: .ceil) { $0.rounded(.up) },
      .init(function: .round) { $0.rounded(.toNearestOrEven) },
      .init(function: .sin) { Foundation.sin($0) },
      .init(function: .cos) { Foundation.cos($0) },
      .init(function: .truncate) { $0.rounded(.towardZero) },
      .init(function: .atan) { Foundation.atan($0) },
      .init(function: .sinh) { Foundation.sinh($0) },
      .init(function: .cosh) { Foundation.cosh($0) },
      .init(function: .asinh) { Foundation.asinh($0) },
      .init(function: .shrink(lambda: 0.5, bias: 0.25)) { $0 < -0.5 ? $0 + 0.25 : $0 > 0.5 ? $0 - 0.25 : 0 },
      .init(function: .pow(2)) { $0 * $0 },
      .init(function: .pow(-1.5), isPositive: true) { Foundation.pow($0, -1.5) },
      .init(function: .thresholdedReLU(0.5)) { $0 > 0.5 ? $0 : 0 },
      .init(function: .linear(2, -0.5)) { 2 * $0 - 0.5 },
    ]

    /// Numbers between -4 and 4, or between 0.5 and 4.5, away from the kinks at multiples of a quarter.
    func input(_ shape: [Int]) -> NDArray {
      NDArray(
        noise(shape).scalars.map { x in
          let y = isPositive ? 2.5 + 2 * x : 4 * x
          return (y * 4).rounded(.down) / 4 + 0.125
        }, shape: shape)
    }
  }

  @Test(arguments: Case.table, [1, 17, 24])
  func `each function agrees with its definition in any layout`(_ c: Case, _ channels: Int) throws {
    let x = c.input([2, channels, 5, 3])
    let expected = Exact(x).map(c.definition)
    for input in [x, try blocked(x)] {
      let y = try apply(c.function, input)
      #expect(y.layout == input.layout)
      #expect(distance(y, expected) < 2e-6)
      #expect(hasCleanPadding(y))
    }
  }

  @Test(arguments: Case.table)
  func `each gradient agrees with the central difference`(_ c: Case) throws {
    let x = c.input([1, 24, 5, 3])
    let v = noise(x.shape, seed: 3)
    let h = 1e-6
    let slopes = Exact(x).map { (c.definition($0 + h) - c.definition($0 - h)) / (2 * h) }
    let expected = Exact(zip(slopes.scalars, Exact(v).scalars).map(*), shape: x.shape)
    for input in [x, try blocked(x)] {
      for up in [v, try blocked(v)] {
        let gradient = try applyPullback(c.function, up, input: input)
        #expect(gradient.layout == input.layout)
        #expect(distance(gradient, expected) < 4e-6)
        #expect(hasCleanPadding(gradient))
      }
    }
  }

  @Test func `at a kink the gradient is that of the side PyTorch takes`() throws {
    func slope(_ f: UnaryFunction, at x: Float) throws -> Float {
      try applyPullback(f, NDArray([1], shape: [1]), input: NDArray([x], shape: [1])).scalars[0]
    }
    #expect(try slope(.relu, at: 0) == 0)
    #expect(try slope(.leakyReLU(0.25), at: 0) == 0.25)
    #expect(try slope(.clip(0, 6), at: 0) == 0)
    #expect(try slope(.clip(0, 6), at: 6) == 0)
    #expect(try slope(.clip(0, 6), at: 3) == 1)
    #expect(try slope(.abs, at: 0) == 0)
  }

  @Test func `rectification keeps the layout`() throws {
    let x = try blocked(noise([1, 17, 3, 3]))
    #expect(rectified(x).layout == x.layout)
    #expect(distance(rectified(x), Exact(x).map { max(0, $0) }) == 0)
  }

  @Test(arguments: [1, 3, 16, 17, 24])
  func `an affine map scales and shifts each channel in any layout`(_ channels: Int) throws {
    let x = noise([3, channels, 4, 5])
    let (scale, shift) = (noise([channels], seed: 4), noise([channels], seed: 5))
    let (scales, shifts) = (scale.scalars, shift.scalars)
    var expected = Exact(x)
    for place in indices(x.shape) {
      expected[place] = expected[place] * Double(scales[place[1]]) + Double(shifts[place[1]])
    }
    let layouts = [x.layout, try .blocked(x.shape, width: 16), try .blocked(x.shape, width: 8)]
    for layout in try layouts + [.blocked(x.shape, width: channels)] {
      let y = try affine(x.reordered(to: layout), scale: scale, shift: shift)
      #expect(y.layout == layout)
      #expect(distance(y, expected) < 1e-6)
      #expect(hasCleanPadding(y))
    }
    #expect(throws: KernelError.self) { try affine(x, scale: noise([channels + 1]), shift: nil) }
  }
}

import Foundation
import GraphEngine
import Kernels
import Testing

@Suite struct NormalizationTests {
  @Test func `batch normalisation is affine in each channel`() throws {
    let x = ramp([2, 3, 4, 5])
    let parameters: [NDArray] = [[1, 2, 0.5], [0.1, 0, -1], [0.2, -0.3, 0], [1, 0.25, 4]].map {
      NDArray($0, shape: [3])
    }
    let p = parameters.map(\.scalars)
    let expected = x.scalars.enumerated().map { i, v in
      let c = i / 20 % 3
      return p[0][c] * (v - p[2][c]) / (p[3][c] + 1e-3).squareRoot() + p[1][c]
    }
    expectClose(try BatchNormalization(epsilon: 1e-3).forward([x] + parameters), expected, shape: x.shape)
    try expectPullback(of: BatchNormalization(epsilon: 1e-3), at: [x] + parameters)
  }

  @Test func `layer normalisation`() throws {
    let x = ramp([2, 3, 8]), scale = ramp([8], phase: 0.3), shift = ramp([8], phase: 0.6)
    let expected = (0..<6).flatMap { row -> [Float] in
      let v = x.scalars[row * 8..<row * 8 + 8].map(Double.init)
      let mean = v.reduce(0, +) / 8, variance = v.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 8
      return (0..<8).map {
        Float((v[$0] - mean) / (variance + 1e-5).squareRoot()) * scale.scalars[$0] + shift.scalars[$0]
      }
    }
    let op = LayerNormalization(axis: 2, epsilon: 1e-5)
    expectClose(try op.forward([x, scale, shift]), expected, shape: x.shape, tolerance: 1e-4)
    try expectPullback(of: op, at: [x, scale, shift])
  }

  @Test func `local response normalisation`() throws {
    let x = ramp([2, 7, 3, 3]), op = LocalResponseNormalization(size: 5, alpha: 0.5, beta: 0.75, bias: 1)
    let expected = x.scalars.indices.map { i in
      let (n, c, p) = (i / 63, i / 9 % 7, i % 9)
      let sum = (max(0, c - 2)...min(6, c + 2)).reduce(Float(0)) { $0 + pow(x.scalars[n * 63 + $1 * 9 + p], 2) }
      return x.scalars[i] / pow(1 + 0.1 * sum, 0.75)
    }
    expectClose(try op.forward([x]), expected, shape: x.shape)
    try expectPullback(of: op, at: [x])
  }

  @Test(arguments: [0, 1, 2]) func `softmax and its logarithm`(axis: Int) throws {
    let x = ramp([3, 4, 5])
    let y = try Softmax(axis: axis).forward([x])
    let sums = try Reduction(.sum, axes: [axis], keepsDimensions: false).forward([y])
    for sum in sums.scalars { #expect(abs(sum - 1) < 1e-5) }
    expectClose(
      try LogSoftmax(axis: axis).forward([x]), y.scalars.map { Foundation.log($0) }, shape: x.shape, tolerance: 1e-5)
    try expectPullback(of: Softmax(axis: axis), at: [x])
    try expectPullback(of: LogSoftmax(axis: axis), at: [x])
  }

  @Test(arguments: [ReductionKind.sum, .mean, .max, .min]) func `reductions`(kind: ReductionKind) throws {
    for (shape, axes) in [([2, 5, 3, 4], [2, 3]), ([2, 3, 4], [1]), ([2, 3, 4], [0, 2])] {
      for keeps in [true, false] {
        try expectPullback(of: Reduction(kind, axes: axes, keepsDimensions: keeps), at: [ramp(shape)], step: 1e-3)
      }
    }
    let x = NDArray([1, 5, 3, -2, 0, 4], shape: [2, 3])
    let expected: [Float] =
      switch kind {
      case .sum: [9, 2]
      case .mean: [3, 2.0 / 3]
      case .max: [5, 4]
      default: [1, -2]
      }
    expectClose(try Reduction(kind, axes: [1], keepsDimensions: false).forward([x]), expected, shape: [2])
  }
}

import GraphEngine
import Kernels
import Testing

@Suite struct ConvolutionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var input = [2, 4, 7, 6], weights = [6, 4, 3, 3], strides = [1, 1], dilations = [1, 1]
    var before = [0, 0], after = [0, 0], groups = 1
    var testDescription: String { "\(input) ∗ \(weights) s\(strides) d\(dilations) p\(before)\(after) g\(groups)" }

    var geometry: ConvolutionGeometry {
      ConvolutionGeometry(
        strides: strides, dilations: dilations, paddingBefore: before, paddingAfter: after, groups: groups)
    }
  }

  static let cases = [
    Case(), Case(strides: [2, 2], before: [1, 1], after: [1, 1]), Case(before: [0, 1], after: [2, 1]),
    Case(dilations: [2, 2], before: [2, 2], after: [2, 2]), Case(weights: [8, 2, 3, 3], groups: 2),
    Case(input: [1, 24, 5, 5], weights: [24, 1, 3, 3], before: [1, 1], after: [1, 1], groups: 24),
    Case(input: [3, 17, 4, 4], weights: [5, 17, 1, 1]), Case(input: [1, 3, 9, 9], weights: [16, 3, 5, 5]),
  ]

  @Test(arguments: cases) func `forward is the sum over its window`(of c: Case) throws {
    let (x, w, b) = (ramp(c.input), ramp(c.weights, phase: 0.4), ramp([c.weights[0]], phase: 0.9))
    let op = Convolution(c.geometry)
    let shape = try op.outputShape(of: [c.input, c.weights, [c.weights[0]]])
    let y = try op.forward([x, w.asConstant(), b.asConstant()])
    expectClose(y, naive(c, x.scalars, w.scalars, b.scalars, shape), shape: shape)
  }

  @Test(arguments: cases) func `pullback projects`(of c: Case) throws {
    try expectPullback(of: Convolution(c.geometry), at: [ramp(c.input), ramp(c.weights, phase: 0.4)])
  }

  @Test func `channels that do not fit are refused`() {
    #expect(throws: ShapeError.self) {
      try Convolution(Case().geometry).outputShape(of: [[1, 3, 7, 7], [6, 4, 3, 3]])
    }
    #expect(throws: ShapeError.self) {
      try Convolution(Case().geometry).outputShape(of: [[1, 4, 2, 7], [6, 4, 3, 3]])
    }
  }

  @Test func `transposed convolution is the adjoint of convolution`() throws {
    let geometry = Case(strides: [2, 2], before: [1, 1], after: [1, 1]).geometry
    let weights = ramp([6, 4, 3, 3], phase: 0.2).asConstant()
    let (x, y) = (ramp([1, 4, 7, 7]), ramp([1, 6, 4, 4], phase: 0.5))
    let forward = try Convolution(geometry).forward([x, weights])
    let adjoint = try TransposedConvolution(geometry, outputPadding: [0, 0]).forward([y, weights])
    #expect(adjoint.shape == x.shape)
    #expect(abs(inner(forward.scalars, y.scalars) - inner(x.scalars, adjoint.scalars)) < 1e-3)
    try expectPullback(of: TransposedConvolution(geometry, outputPadding: [1, 1]), at: [y, weights])
  }

  func naive(_ c: Case, _ x: [Float], _ w: [Float], _ b: [Float], _ shape: [Int]) -> [Float] {
    let (channels, kernel) = (c.weights[1], (c.weights[2], c.weights[3]))
    var result: [Float] = []
    for n in 0..<shape[0] {
      for o in 0..<shape[1] {
        for i in 0..<shape[2] {
          for j in 0..<shape[3] {
            var sum = Double(b[o])
            for k in 0..<channels {
              for p in 0..<kernel.0 {
                for q in 0..<kernel.1 {
                  let y = i * c.strides[0] + p * c.dilations[0] - c.before[0]
                  let z = j * c.strides[1] + q * c.dilations[1] - c.before[1]
                  guard (0..<c.input[2]).contains(y), (0..<c.input[3]).contains(z) else { continue }
                  let channel = o / (shape[1] / c.groups) * channels + k
                  let value = x[((n * c.input[1] + channel) * c.input[2] + y) * c.input[3] + z]
                  sum += Double(value) * Double(w[((o * channels + k) * kernel.0 + p) * kernel.1 + q])
                }
              }
            }
            result.append(Float(sum))
          }
        }
      }
    }
    return result
  }
}

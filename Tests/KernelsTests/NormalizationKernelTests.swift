import Foundation
import Kernels
import Testing

@Suite struct NormalizationKernelTests {
  /// Applies a function to every line of an array along one axis.
  private func alongAxis(_ x: Exact, _ axis: Int, _ f: ([Double]) -> [Double]) -> Exact {
    let axis = axis < 0 ? axis + x.shape.count : axis
    var result = x
    for place in indices(x.shape) where place[axis] == 0 {
      let line = (0..<x.shape[axis]).map { i in
        var at = place
        at[axis] = i
        return at
      }
      for (at, y) in zip(line, f(line.map { x[$0] })) { result[at] = y }
    }
    return result
  }

  private func softmax(_ line: [Double]) -> [Double] {
    let peak = line.max() ?? 0
    let total = line.map { exp($0 - peak) }.reduce(0, +)
    return line.map { exp($0 - peak) / total }
  }

  @Test(arguments: [([10], 0), ([3, 5], 1), ([3, 5], 0), ([2, 24, 3, 4], 1), ([2, 3, 17], -1)])
  func `softmax and its logarithm agree with their definitions, forward and back`(_ shape: [Int], _ axis: Int) throws {
    let x = try apply(.linear(5, 0), noise(shape))
    let v = noise(shape, seed: 2)
    let linear = { self.alongAxis($0, axis, self.softmax) }
    let logarithmic = { self.alongAxis($0, axis, self.softmax).map { log($0) } }
    for input in [x] + (shape.count == 4 ? [try blocked(x)] : []) {
      let y = try Kernels.softmax(input, axis: axis)
      #expect(distance(y, linear(Exact(x))) < 1e-6)
      let gradient = try softmaxPullback(v, output: y, axis: axis)
      #expect(projectionError(of: gradient, cotangent: v, at: x, linear) < 1e-5)
      let z = try logSoftmax(input, axis: axis)
      #expect(distance(z, logarithmic(Exact(x))) < 1e-6)
      let other = try logSoftmaxPullback(v, output: z, axis: axis)
      #expect(projectionError(of: other, cotangent: v, at: x, logarithmic) < 1e-5)
    }
  }

  @Test func `softmax of large numbers does not overflow`() throws {
    let y = try Kernels.softmax(NDArray([1000, 1000, -1000], shape: [3]), axis: 0)
    #expect(distance(y, Exact([0.5, 0.5, 0], shape: [3])) < 1e-6)
  }

  @Test(arguments: [([2, 5, 40], -1), ([2, 3, 7], 1), ([33], 0)], [false, true])
  func `layer normalisation agrees with its definition, forward and back`(
    _ c: (shape: [Int], axis: Int), _ isScaled: Bool
  ) throws {
    let axis = c.axis < 0 ? c.axis + c.shape.count : c.axis
    let row = Array(c.shape.dropFirst(axis))
    let width = row.reduce(1, *)
    let x = try apply(.linear(3, 10), noise(c.shape))
    let (scale, bias) = isScaled ? (noise(row, seed: 2), noise(row, seed: 3)) : (nil, nil)
    let epsilon = 1e-3
    let definition = { (x: Exact) -> Exact in
      var y = x
      for start in stride(from: 0, to: x.scalars.count, by: width) {
        let line = x.scalars[start..<start + width]
        let mean = line.reduce(0, +) / Double(width)
        let variance = line.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(width)
        for i in 0..<width {
          y.scalars[start + i] =
            (x.scalars[start + i] - mean) / (variance + epsilon).squareRoot()
            * (scale.map { Exact($0).scalars[i] } ?? 1)
            + (bias.map { Exact($0).scalars[i] } ?? 0)
        }
      }
      return y
    }
    let y = try layerNormalization(x, axis: c.axis, scale: scale, bias: bias, epsilon: Float(epsilon))
    #expect(distance(y, definition(Exact(x))) < 1e-5)
    let v = noise(c.shape, seed: 4)
    let gradient = try layerNormalizationPullback(v, input: x, axis: c.axis, scale: scale, epsilon: Float(epsilon))
    #expect(projectionError(of: gradient, cotangent: v, at: x, definition) < 1e-5)
    #expect(throws: KernelError.self) {
      try layerNormalization(x, axis: c.axis, scale: noise([width + 1]), bias: nil, epsilon: 0)
    }
  }

  @Test(arguments: [
    LocalResponse(size: 5, alpha: 0.9, beta: 0.75, bias: 2), LocalResponse(size: 4, alpha: 0.5, beta: 0.5, bias: 1),
    LocalResponse(size: 1), LocalResponse(size: 40, alpha: 2, beta: 1, bias: 1),
  ])
  func `local response normalisation agrees with its definition, forward and back`(_ response: LocalResponse) throws {
    let x = try apply(.linear(2, 0), noise([2, 17, 3, 2]))
    let definition = { (x: Exact) -> Exact in
      var y = x
      for place in indices(x.shape) {
        // ONNX: from floor((size − 1) / 2) channels before to ceil((size − 1) / 2) channels behind.
        let first = max(0, place[1] - (response.size - 1) / 2)
        let last = min(16, place[1] + response.size / 2)
        let squares = (first...last).map { channel in
          let neighbor = x[[place[0], channel] + place.dropFirst(2)]
          return neighbor * neighbor
        }
        let divisor = Double(response.bias) + Double(response.alpha) / Double(response.size) * squares.reduce(0, +)
        y[place] = x[place] / pow(divisor, Double(response.beta))
      }
      return y
    }
    let v = noise(x.shape, seed: 2)
    for input in [x, try blocked(x)] {
      #expect(distance(try localResponseNormalization(input, response), definition(Exact(x))) < 1e-6)
      let gradient = try localResponseNormalizationPullback(v, input: input, response)
      #expect(projectionError(of: gradient, cotangent: v, at: x, definition) < 1e-5)
    }
  }
}

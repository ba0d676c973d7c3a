import GraphEngine
import Kernels
import Testing

@Suite struct PoolingTests {
  struct Case: Sendable {
    var input = [2, 3, 7, 7], kernel = 3, stride = 2, before = 0, after = 0, ceil = false, counts = false

    var geometry: PoolingGeometry {
      PoolingGeometry(
        kernel: [kernel, kernel], strides: [stride, stride], dilations: [1, 1], paddingBefore: [before, before],
        paddingAfter: [after, after], countsPadding: counts)
    }
  }

  static let cases = [
    Case(), Case(before: 1, after: 1), Case(before: 1, after: 1, counts: true), Case(input: [1, 17, 6, 6], ceil: true),
    Case(input: [1, 2, 6, 6], before: 1, after: 1, ceil: true, counts: true), Case(kernel: 2),
    Case(before: 0, after: 1),
  ]

  @Test(arguments: cases) func `maximum and mean of each window`(_ c: Case) throws {
    let x = ramp(c.input)
    let maxPool = MaxPool(c.geometry, ceilMode: c.ceil), averagePool = AveragePool(c.geometry, ceilMode: c.ceil)
    let shape = try maxPool.outputShape(of: [c.input])
    var maxima: [Float] = [], means: [Float] = []
    for plane in 0..<c.input[0] * c.input[1] {
      for i in 0..<shape[2] {
        for j in 0..<shape[3] {
          var values: [Float] = [], padded = 0
          for y in (i * c.stride - c.before)..<(i * c.stride - c.before + c.kernel) {
            for z in (j * c.stride - c.before)..<(j * c.stride - c.before + c.kernel) {
              if y < c.input[2] + c.after, z < c.input[3] + c.after { padded += 1 }
              guard (0..<c.input[2]).contains(y), (0..<c.input[3]).contains(z) else { continue }
              values.append(x.scalars[(plane * c.input[2] + y) * c.input[3] + z])
            }
          }
          maxima.append(values.max()!)
          means.append(values.reduce(0, +) / Float(c.counts ? padded : values.count))
        }
      }
    }
    expectClose(try maxPool.forward([x]), maxima, shape: shape)
    expectClose(try averagePool.forward([x]), means, shape: shape)
  }

  @Test(arguments: cases) func `pullbacks project`(_ c: Case) throws {
    try expectPullback(of: MaxPool(c.geometry, ceilMode: c.ceil), at: [ramp(c.input)], step: 1e-3)
    try expectPullback(of: AveragePool(c.geometry, ceilMode: c.ceil), at: [ramp(c.input)])
  }

  @Test func `a tie goes to the first in row-major order`() throws {
    let x = NDArray(repeating: 1, shape: [1, 16, 4, 4])
    let op = MaxPool(Case(kernel: 2).geometry, ceilMode: false)
    let point = LinearizationPoint(
      inputs: [x], output: nil, inputShapes: [x.shape], outputShape: [1, 16, 2, 2], wanted: [true])
    let pulled = try op.pullback(NDArray(repeating: 1, shape: [1, 16, 2, 2]), at: point)[0]!
    #expect(Array(pulled.scalars.prefix(16)) == [1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0])
  }

  @Test func `global pooling`() throws {
    let x = ramp([2, 5, 3, 4])
    let means = (0..<10).map { c in x.scalars[c * 12..<c * 12 + 12].reduce(0, +) / 12 }
    let maxima = (0..<10).map { c in x.scalars[c * 12..<c * 12 + 12].max()! }
    expectClose(try GlobalAveragePool().forward([x]), means, shape: [2, 5, 1, 1])
    expectClose(try GlobalMaxPool().forward([x]), maxima, shape: [2, 5, 1, 1])
    try expectPullback(of: GlobalAveragePool(), at: [x])
    try expectPullback(of: GlobalMaxPool(), at: [x], step: 1e-3)
  }

  @Test func `in ceil mode no window begins behind the input`() throws {
    let op = MaxPool(Case(kernel: 2, stride: 3).geometry, ceilMode: true)
    #expect(try op.outputShape(of: [[1, 2, 3, 3]]) == [1, 2, 1, 1])
    #expect(try op.outputShape(of: [[1, 2, 4, 4]]) == [1, 2, 2, 2])
  }

  @Test func `a window larger than its input is refused`() {
    #expect(throws: ShapeError.self) {
      try MaxPool(Case(kernel: 9).geometry, ceilMode: false).outputShape(of: [[1, 3, 7, 7]])
    }
  }
}

import GraphEngine
import Kernels
import Testing

@Suite struct MatrixTests {
  @Test(arguments: [(false, false), (true, false), (false, true), (true, true)])
  func `a linear layer in each of its spellings`(transposesInput: Bool, transposesWeights: Bool) throws {
    let (m, k, n) = (3, 5, 4)
    let a = ramp(transposesInput ? [k, m] : [m, k]), b = ramp(transposesWeights ? [n, k] : [k, n], phase: 0.4)
    let c = ramp([n], phase: 0.8)
    let op = Linear(
      alpha: 0.5, beta: 2, transposesInput: transposesInput, transposesWeights: transposesWeights)
    var expected: [Float] = []
    for i in 0..<m {
      for j in 0..<n {
        let sum = (0..<k).reduce(Float(0)) { sum, p in
          sum + a.scalars[transposesInput ? p * m + i : i * k + p]
            * b.scalars[transposesWeights ? j * k + p : p * n + j]
        }
        expected.append(0.5 * sum + 2 * c.scalars[j])
      }
    }
    expectClose(try op.forward([a, b, c]), expected, shape: [m, n])
    try expectPullback(of: op, at: [a, b, c], varying: [0, 1, 2])
    try expectPullback(of: Linear(transposesWeights: transposesWeights), at: [ramp([m, k]), b, c])
  }

  @Test(arguments: [
    ([3, 4], [4, 5]), ([2, 3, 4], [4, 5]), ([2, 1, 3, 4], [5, 4, 2]), ([4], [4, 5]), ([3, 4], [4]),
  ])
  func `a matrix product broadcasts`(a: [Int], b: [Int]) throws {
    try expectPullback(of: MatrixProduct(), at: [ramp(a), ramp(b, phase: 0.4)], varying: [0, 1])
  }

  @Test func `a matrix product's values`() throws {
    let a = NDArray([1, 2, 3, 4, 5, 6], shape: [2, 3]), b = NDArray([1, 0, 0, 1, 1, 1], shape: [3, 2])
    expectClose(try MatrixProduct().forward([a, b]), [4, 5, 10, 11], shape: [2, 2])
    #expect(throws: ShapeError.self) { try MatrixProduct().outputShape(of: [[2, 3], [2, 3]]) }
  }
}

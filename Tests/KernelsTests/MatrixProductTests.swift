import Kernels
import Testing

@Suite struct MatrixProductTests {
  /// NumPy's `matmul`, written out; both operands are at least matrices.
  private func definition(_ a: Exact, _ b: Exact, _ transposeA: Bool, _ transposeB: Bool) throws -> Exact {
    func entry(_ m: Exact, _ batch: [Int], _ row: Int, _ column: Int, _ isTransposed: Bool) -> Double {
      let leading = zip(batch.suffix(m.shape.count - 2), m.shape).map { $1 == 1 ? 0 : $0 }
      return m[leading + (isTransposed ? [column, row] : [row, column])]
    }
    let rank = (a.shape.count, b.shape.count)
    let (rows, depth) = (a.shape[rank.0 - (transposeA ? 1 : 2)], a.shape[rank.0 - (transposeA ? 2 : 1)])
    let columns = b.shape[rank.1 - (transposeB ? 2 : 1)]
    let batch = try #require(broadcastShape(Array(a.shape.dropLast(2)), Array(b.shape.dropLast(2))))
    var result = Exact(zeros: batch + [rows, columns])
    for place in indices(result.shape) {
      let (leading, row, column) = (Array(place.dropLast(2)), place[place.count - 2], place[place.count - 1])
      result[place] = (0..<depth).reduce(0) {
        $0 + entry(a, leading, row, $1, transposeA) * entry(b, leading, $1, column, transposeB)
      }
    }
    return result
  }

  @Test(
    arguments: [
      ([1, 1], [1, 1]), ([3, 5], [5, 7]), ([1, 40], [40, 33]), ([2, 3, 5], [2, 5, 4]), ([2, 3, 5], [5, 4]),
      ([3, 5], [2, 5, 4]), ([2, 1, 3, 5], [4, 5, 6]), ([1, 3, 5], [4, 5, 2]), ([2, 3, 17, 24], [2, 3, 24, 17]),
      ([4, 1, 3, 5], [1, 2, 5, 6]),
    ], [(false, false), (true, false), (false, true), (true, true)])
  func `agrees with its definition for every transposition and batch`(
    _ shapes: ([Int], [Int]), _ transposes: (Bool, Bool)
  ) throws {
    func turned(_ shape: [Int], _ isTurned: Bool) -> [Int] {
      isTurned ? shape.dropLast(2) + shape.suffix(2).reversed() : shape
    }
    let (a, b) = (noise(turned(shapes.0, transposes.0)), noise(turned(shapes.1, transposes.1), seed: 2))
    let y = try matrixProduct(a, b, transposeA: transposes.0, transposeB: transposes.1)
    #expect(distance(y, try definition(Exact(a), Exact(b), transposes.0, transposes.1)) < 1e-6)
  }

  @Test func `a vector is a row on the left and a column on the right`() throws {
    let (v, m, w) = (noise([5]), noise([5, 4], seed: 2), noise([4], seed: 3))
    let row = try matrixProduct(v, m)
    #expect(row.shape == [4])
    #expect(distance(row.reshaped([1, 4]), try definition(Exact(v.reshaped([1, 5])), Exact(m), false, false)) < 1e-6)
    #expect(try matrixProduct(m, w).shape == [5])
    #expect(try matrixProduct(w, w).shape == [])
    #expect(try abs(matrixProduct(w, w).scalars[0] - Float(Exact(w).dot(Exact(w)))) < 1e-6)
  }

  @Test(arguments: [1, 3, 8, 9, 32], [(24, 17, false), (24, 17, true), (203, 310, false), (203, 310, true)])
  func `a linear layer is a product and a bias, its pullback the transposed product`(
    _ rows: Int, _ layer: (inputs: Int, outputs: Int, isTransposed: Bool)
  ) throws {
    let (inputs, outputs, isTransposed) = layer
    let (x, bias) = (noise([rows, inputs]), noise([outputs], seed: 3))
    let weights = noise(isTransposed ? [outputs, inputs] : [inputs, outputs], seed: 2).asConstant()
    var expected = try definition(Exact(x), Exact(weights), false, isTransposed)
    for place in indices(expected.shape) { expected[place] += Exact(bias)[[place[1]]] }
    for _ in 0..<2 {
      let y = try linear(x, weights: weights, transposesWeights: isTransposed, bias: bias)
      #expect(distance(y, expected) < 1e-6)
    }
    // Half of the scalars zero, as behind a rectifier; and all but one, as for the score of a class.
    for v in [
      noise([rows, outputs], seed: 4), try apply(.relu, noise([rows, outputs], seed: 5)), oneHot(rows, outputs),
    ] {
      let gradient = try linearPullback(v, weights: weights, transposesWeights: isTransposed)
      #expect(distance(gradient, try definition(Exact(v), Exact(weights), false, !isTransposed)) < 1e-6)
    }
  }

  private func oneHot(_ rows: Int, _ columns: Int) -> NDArray {
    NDArray((0..<rows * columns).map { $0 % columns == $0 / columns % columns ? 1 : 0 }, shape: [rows, columns])
  }

  @Test func `shapes that do not fit are refused with a sentence`() {
    #expect(throws: KernelError.self) { try matrixProduct(noise([2, 3]), noise([2, 3])) }
    #expect(throws: KernelError.self) { try matrixProduct(noise([2, 3, 4]), noise([3, 4, 5])) }
    #expect(throws: KernelError.self) { try matrixProduct(noise([]), noise([3])) }
    #expect(throws: KernelError.self) { try linear(noise([2, 3]), weights: noise([4, 5]), bias: nil) }
    #expect(throws: KernelError.self) { try linear(noise([2, 3]), weights: noise([3, 5]), bias: noise([4])) }
  }
}

import Tensors
import Testing

@Suite struct LargestEigenpairTests {
  private func times(_ rows: [[Double]]) -> ([Double]) -> [Double] {
    { vector in rows.map { row in zip(row, vector).reduce(0) { $0 + $1.0 * $1.1 } } }
  }

  /// `[[2, 1, 0], [1, 2, 1], [0, 1, 2]]` has the eigenvalues `2 ± √2` and 2.
  @Test func `a matrix whose eigenvalues are known`() {
    let pair = LargestEigenpair(ofSymmetric: 3, multiply: times([[2, 1, 0], [1, 2, 1], [0, 1, 2]]))
    #expect(abs(pair.value - (2 + 2.0.squareRoot())) < 1e-9)
    let expected = [0.5, 0.5.squareRoot(), 0.5], sign = pair.vector[0] < 0 ? -1.0 : 1.0
    for (found, wanted) in zip(pair.vector, expected) { #expect(abs(sign * found - wanted) < 1e-6) }
  }

  @Test func `the greatest eigenvalue, not the one of the greatest size`() {
    let pair = LargestEigenpair(ofSymmetric: 2, multiply: times([[-9, 0], [0, 1]]))
    #expect(abs(pair.value - 1) < 1e-9 && abs(abs(pair.vector[1]) - 1) < 1e-6)
    #expect(LargestEigenpair(ofSymmetric: 1, multiply: { [-3 * $0[0]] }).value == -3)
    #expect(LargestEigenpair(ofSymmetric: 3, multiply: { _ in [0, 0, 0] }).value == 0)
  }

  /// Eigenvalues 1, 1/2, 1/3 … of a diagonal matrix turned by a reflection, so that no start is near.
  @Test func `a large matrix with close eigenvalues takes few products`() {
    let count = 400
    var (normal, products) = ((0..<count).map { Double($0 % 7) - 2.5 }, 0)
    let length = normal.reduce(0) { $0 + $1 * $1 }.squareRoot()
    normal = normal.map { $0 / length }
    func reflected(_ v: [Double]) -> [Double] {
      let along = zip(v, normal).reduce(0) { $0 + $1.0 * $1.1 }
      return zip(v, normal).map { $0 - 2 * along * $1 }
    }
    let pair = LargestEigenpair(ofSymmetric: count) { vector in
      products += 1
      return reflected(reflected(vector).enumerated().map { $1 / Double($0 + 1) })
    }
    let expected = reflected([1] + Array(repeating: 0, count: count - 1))
    let agreement = zip(pair.vector, expected).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(abs(pair.value - 1) < 1e-9 && abs(abs(agreement) - 1) < 1e-8)
    #expect(products < 60)
  }
}

@Suite struct PrincipalComponentTests {
  private func noise(_ shape: [Int]) -> Tensor { Tensor(gaussianNoise: shape, seed: 7) }

  /// By power iteration on the matrix of products written out.
  private func naive(_ a: Tensor) -> [Double] {
    let (channels, places) = (a.shape[0], a.scalars.count / a.shape[0])
    let means = (0..<channels).map { k in
      (0..<places).reduce(0.0) { $0 + Double(a.scalars[k * places + $1]) } / Double(places)
    }
    func x(_ k: Int, _ p: Int) -> Double { Double(a.scalars[k * places + p]) - means[k] }
    var v = (0..<channels).map { Double($0 + 1) }
    for _ in 0..<3000 {
      let projected = (0..<places).map { p in (0..<channels).reduce(0.0) { $0 + v[$1] * x($1, p) } }
      v = (0..<channels).map { k in (0..<places).reduce(0.0) { $0 + projected[$1] * x(k, $1) } }
      let length = v.reduce(0) { $0 + $1 * $1 }.squareRoot()
      v = v.map { $0 / length }
    }
    return (0..<places).map { p in (0..<channels).reduce(0.0) { $0 + v[$1] * x($1, p) } }
  }

  @Test(arguments: [[3, 4, 5], [30, 2, 3]]) func `the projection is the one written out, but for its sign`(shape: [Int])
  {
    let a = noise(shape), projection = a.principalProjection(), expected = naive(a)
    #expect(projection.shape == Array(shape.dropFirst()))
    let sign: Double = zip(projection.scalars, expected).reduce(0) { $0 + Double($1.0) * $1.1 } < 0 ? -1 : 1
    for (found, wanted) in zip(projection.scalars, expected) { #expect(abs(Double(found) - sign * wanted) < 1e-4) }
  }

  @Test func `the sign is that of the sum over channels, so that it turns with the tensor`() {
    let a = noise([4, 3, 3]), projection = a.principalProjection()
    #expect((-a).principalProjection() == -projection)
    let sum = a.channelSum().centered, agreement = zip(projection.scalars, sum.scalars).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(agreement > 0)
  }

  @Test func `where no two places differ there is nothing`() {
    #expect(Tensor(repeating: 3, shape: [4, 2, 2]).principalProjection() == Tensor(repeating: 0, shape: [2, 2]))
  }

  @Test func `signs follow the other tensor, or else the number of the greatest size`() {
    let a = Tensor([1, -2, 3], shape: [3])
    #expect((-a).signed(like: a) == a)
    #expect((-a).signed(like: Tensor([0, 0, 0], shape: [3])) == a)
  }
}

extension Tensor {
  fileprivate var centered: Tensor {
    let mean = meanAndDeviation().mean
    return map { $0 - mean }
  }
}

import Foundation
import Kernels
import Testing

@Suite struct CombineTests {
  static let functions: [BinaryFunction] = [.add, .subtract, .multiply, .divide, .maximum, .minimum, .power]

  private func definition(_ f: BinaryFunction, _ x: Double, _ y: Double) -> Double {
    switch f {
    case .add: x + y
    case .subtract: x - y
    case .multiply: x * y
    case .divide: x / y
    case .maximum: max(x, y)
    case .minimum: min(x, y)
    case .power: pow(x, y)
    }
  }

  /// Numbers between 0.5 and 2.5, so that quotients and powers are tame.
  private func positive(_ shape: [Int], seed: UInt64) -> NDArray {
    NDArray(noise(shape, seed: seed).scalars.map { 1.5 + $0 }, shape: shape)
  }

  @Test(
    arguments: CombineTests.functions,
    [
      ([2, 17, 3, 4], [2, 17, 3, 4]), ([2, 24, 3, 4], [1, 24, 1, 1]), ([2, 24, 3, 4], [24, 1, 1]),
      ([1, 17, 1, 1], [2, 17, 3, 4]), ([2, 17, 1, 1], [2, 17, 3, 4]), ([2, 16, 3, 4], [1]), ([], [2, 16, 3]),
      ([2, 3, 4], [3, 1]), ([4, 1], [1, 5]), ([2, 1, 4], [3, 1]), ([7], [7]), ([2, 24, 3, 4], [4]),
      ([2, 24, 3, 4], [2, 1, 3, 4]), ([5, 1, 2, 1], [1, 3, 1, 4]), ([1, 24, 1, 1], [1, 24, 1, 1]),
    ])
  func `broadcasting agrees with its definition in any layout`(_ f: BinaryFunction, _ shapes: ([Int], [Int])) throws {
    let (a, b) = (positive(shapes.0, seed: 1), positive(shapes.1, seed: 2))
    let shape = try #require(broadcastShape(shapes.0, shapes.1))
    func read(_ x: Exact, _ place: [Int]) -> Double {
      let own = place.suffix(x.shape.count)
      return x[zip(own, x.shape).map { $1 == 1 ? 0 : $0 }]
    }
    let (left, right) = (Exact(a), Exact(b))
    var expected = Exact(zeros: shape)
    for place in indices(shape) { expected[place] = definition(f, read(left, place), read(right, place)) }
    for x in [a] + (a.shape.count == 4 ? [try blocked(a)] : []) {
      for y in [b] + (b.shape.count == 4 ? [try blocked(b)] : []) {
        let z = try combine(f, x, y)
        #expect(distance(z, expected) < 1e-6)
        #expect(hasCleanPadding(z))
      }
    }
  }

  @Test(arguments: [BinaryFunction.add, .subtract, .multiply])
  func `values per channel leave the layout alone`(_ f: BinaryFunction) throws {
    let x = try blocked(noise([2, 24, 3, 4]))
    #expect(try combine(f, x, noise([1, 24, 1, 1])).layout == x.layout)
    #expect(try combine(f, noise([2, 24, 1, 1]), x).layout == x.layout)
    #expect(try combine(f, x, noise(x.shape)).layout == x.layout)
  }

  @Test func `shapes that do not broadcast are refused with a sentence`() {
    #expect(throws: KernelError.self) { try combine(.add, noise([2, 3]), noise([2])) }
    #expect(throws: KernelError.self) { try combine(.add, NDArray([], shape: [0]), noise([1])) }
  }

  @Test(arguments: [
    ([2, 3, 4], [3, 1]), ([2, 3, 4], [1, 1, 4]), ([2, 24, 3, 3], [1, 24, 1, 1]), ([2, 3], []), ([5, 40], [5, 1]),
    ([3, 4], [3, 4]),
  ])
  func `summing to a shape is the transpose of expanding to the other`(_ wide: [Int], _ narrow: [Int]) throws {
    let (x, v) = (noise(narrow), noise(wide, seed: 2))
    let there = Exact(try expanded(x, to: wide)).dot(Exact(v))
    let back = Exact(x).dot(Exact(summed(v, to: narrow)))
    #expect(abs(there - back) < 1e-4)
    if wide.count == 4 { #expect(distance(summed(try blocked(v), to: narrow), Exact(summed(v, to: narrow))) < 1e-6) }
  }
}

@Suite struct QuotientTests {
  @Test func `divisors are kept from zero by their sign`() throws {
    let x = NDArray([1, 1, 1, 1], shape: [4]), y = NDArray([0.5, -0.5, 0, 2], shape: [4])
    #expect(try quotient(x, by: y, stabilizer: 0.5).scalars == [1, -1, 2, 0.4])
    #expect(try quotient(x, by: y, stabilizer: 0).scalars == [2, -2, 0, 0.5])
    #expect(throws: KernelError.self) { try quotient(x, by: NDArray([1], shape: [1]), stabilizer: 0) }
    #expect(y.hasNegative && !x.hasNegative)
  }
}

import Foundation
import GraphEngine
import Kernels
import Testing

@Suite struct `Places and order` {
  @Test func `picking repeats, leaves out and fills with zeros`() throws {
    let op = Picking(places: [5, -1, 0, 5], from: [2, 3], shape: [2, 2])
    let x = ramp([2, 3])
    #expect(try op.forward([x]).scalars == [x.scalars[5], 0, x.scalars[0], x.scalars[5]])
    try expectPullback(of: op, at: [x])
    #expect(throws: ShapeError.self) { try op.outputShape(of: [[3, 2]]) }
  }

  @Test(arguments: [Scattering.Combination.replace, .add, .multiply, .maximum, .minimum])
  func `scattering combines at its places`(_ combination: Scattering.Combination) throws {
    let op = Scattering(combination, places: [4, 1, 4])
    let (x, updates) = (NDArray([0.5, -0.7, 0.9, 0.2, 0.6, 1], shape: [6]), NDArray([0.8, -0.3, 0.7], shape: [3]))
    let expected: Float =
      switch combination {
      case .replace: 0.7
      case .add: 0.6 + 0.8 + 0.7
      case .multiply: 0.6 * 0.8 * 0.7
      case .maximum: 0.8
      case .minimum: 0.6
      }
    let y = try op.forward([x, updates])
    #expect(abs(y.scalars[4] - expected) < 1e-6 && y.scalars[0] == 0.5)
    try expectPullback(of: op, at: [x, updates], varying: [0, 1], step: 1e-3)
  }

  @Test func `the largest come in order, equal ones as they stood`() throws {
    let x = NDArray([3, 1, 3, 2, 5, 5, 0, 5], shape: [2, 4])
    #expect(try TopK(.values, count: 3, axis: 1, isLargest: true).forward([x]).scalars == [3, 3, 2, 5, 5, 5])
    #expect(try TopK(.places, count: 3, axis: 1, isLargest: true).forward([x]).scalars == [0, 2, 3, 0, 1, 3])
    #expect(try TopK(.places, count: 1, axis: 0, isLargest: false).forward([x]).scalars == [0, 0, 1, 0])
    try expectPullback(of: TopK(.values, count: 2, axis: 1, isLargest: true), at: [ramp([3, 7, 2])], step: 1e-3)
  }

  @Test func `extrema name the first, or the last, of equals`() throws {
    let x = NDArray([3, 1, 3, 2, 5, 5], shape: [2, 3])
    func places(_ takesLast: Bool, isLargest: Bool = true) throws -> [Float] {
      let op = ArgExtremum(axis: 1, isLargest: isLargest, keepsDimension: false, takesLast: takesLast)
      return try op.forward([x]).scalars
    }
    #expect(try places(false) == [0, 1])
    #expect(try places(true) == [2, 2])
    #expect(try places(false, isLargest: false) == [1, 0])
    #expect(try Hardmax(axis: 1).forward([x]).scalars == [1, 0, 0, 0, 1, 0])
  }

  @Test(arguments: [(false, false), (false, true), (true, false), (true, true)])
  func `running sums`(_ isExclusive: Bool, _ isReversed: Bool) throws {
    let op = CumulativeSum(axis: 1, isExclusive: isExclusive, isReversed: isReversed)
    let y = try op.forward([NDArray([1, 2, 3], shape: [1, 3])])
    let expected: [Float] =
      switch (isExclusive, isReversed) {
      case (false, false): [1, 3, 6]
      case (false, true): [6, 5, 3]
      case (true, false): [0, 1, 3]
      case (true, true): [5, 3, 0]
      }
    #expect(y.scalars == expected)
    try expectPullback(of: op, at: [ramp([2, 5, 3])])
  }

  @Test func `remainders take the divisor's sign, or the dividend's`() throws {
    let (a, b) = (NDArray([5, -5, 5, -5], shape: [4]), NDArray([3, 3, -3, -3], shape: [4]))
    #expect(try DivisionRemainder(keepsDividendSign: false).forward([a, b]).scalars == [2, 1, -1, -2])
    #expect(try DivisionRemainder(keepsDividendSign: true).forward([a, b]).scalars == [2, -2, 2, -2])
    let (x, y) = (NDArray([5.3, -4.1, 3.7], shape: [3]), NDArray([1.7], shape: [1]))
    for keeps in [true, false] {
      try expectPullback(of: DivisionRemainder(keepsDividendSign: keeps), at: [x, y], varying: [0, 1], step: 1e-3)
    }
  }

  @Test(arguments: [1, 2, 3] as [Float]) func `norms of windows`(_ p: Float) throws {
    let geometry = PoolingGeometry(
      kernel: [2, 3], strides: [2, 2], dilations: [1, 1], paddingBefore: [0, 1], paddingAfter: [0, 1])
    let x = ramp([1, 2, 4, 5])
    let op = LpPool(p: p, geometry, ceilMode: false)
    let y = try op.forward([x])
    let window = [0, 1, 5, 6].map { abs(Double(x.scalars[$0])) }
    var norm = 0.0
    for size in window { norm += Double(powf(Float(size), p)) }
    #expect(abs(y.scalars[0] - powf(Float(norm), 1 / p)) < 1e-5)
    try expectPullback(of: op, at: [x], step: 2e-3)
    let zeros = NDArray(repeating: 0, shape: [1, 2, 4, 5])
    let point = LinearizationPoint(
      inputs: [zeros], output: nil, inputShapes: [zeros.shape], outputShape: y.shape, wanted: [true])
    #expect(try op.pullback(y, at: point)[0]?.scalars.allSatisfy { $0 == 0 } == true)
  }

  @Test func `interpolation weighs positions along each axis`() throws {
    let linear = try Interpolation(
      rows: [[.init(0, 1)], [.init(0, 0.5), .init(1, 0.5)], [], [.init(2, 2)]], sourceExtent: 3)
    let op = Resize([.init(1, linear), .init(0, try Interpolation(rows: [[.init(1, 1)]], sourceExtent: 2))])
    let x = NDArray([9, 9, 9, 1, 3, 5], shape: [2, 3])
    #expect(try op.forward([x]).scalars == [1, 2, 0, 10])
    try expectPullback(of: op, at: [ramp([2, 3])])
    try expectPullback(of: Resize([.init(1, linear)]), at: [ramp([2, 3, 5])])
    #expect(throws: KernelError.self) { try Interpolation(rows: [[.init(3, 1)]], sourceExtent: 3) }
  }

  @Test func `products and norms have slopes at zeros`() throws {
    let x = NDArray([0, 2, 3, 0, 0, 4], shape: [2, 3])
    func slope(_ kind: ReductionKind, _ x: NDArray) throws -> [Float]? {
      let op = Reduction(kind, axes: [1], keepsDimensions: false)
      let point = LinearizationPoint(
        inputs: [x], output: nil, inputShapes: [x.shape], outputShape: [2], wanted: [true])
      return try op.pullback(NDArray([1, 1], shape: [2]), at: point)[0]?.scalars
    }
    #expect(try slope(.product, x) == [6, 0, 0, 0, 0, 0])
    #expect(try slope(.l2, NDArray([0, 0, 0, 3, 0, 4], shape: [2, 3])) == [0, 0, 0, 0.6, 0, 0.8])
    try expectPullback(
      of: Reduction(.product, axes: [0, 2], keepsDimensions: true), at: [ramp([2, 3, 4])], step: 1e-3)
  }
}

import GraphEngine
import Kernels
import Testing

/// Steps whose indices the network computes do what those with indices known beforehand do.
@Suite struct ComputedPlacesTests {
  private let x = ramp([3, 4, 2])

  @Test func `picking at computed places is picking`() throws {
    let positions = NDArray([3, 0, -1], shape: [3])
    let gathered = try Gather(indices: [3, 0, 3], indicesShape: [3], axis: 1).forward([x])
    #expect(try IndexedPicking(.positions(axis: 1)).forward([x, positions]).scalars == gathered.scalars)
    let tuples = NDArray([1, -1, 0, 2], shape: [2, 2])
    let rows = try IndexedPicking(.tuples(batch: 0)).forward([x, tuples])
    // Row 3 of the second slice and row 2 of the first.
    let expected = Array(x.scalars[14..<16]) + Array(x.scalars[4..<6])
    #expect(rows.shape == [2, 2] && rows.scalars == expected)
    let elements = NDArray([2, 0, 1, 1, -1, 3], shape: [3, 1, 2])
    let picked = try IndexedPicking(.elements(axis: 1)).forward([x, elements])
    #expect(picked.scalars == [4, 1, 10, 11, 22, 23].map { x.scalars[$0] })
  }

  @Test func `a gradient goes back to where scalars came from`() throws {
    let elements = NDArray([2, 2, 1, 1, -1, 3], shape: [3, 1, 2])
    try expectPullback(of: IndexedPicking(.elements(axis: 1)), at: [x, elements])
    try expectPullback(of: IndexedPicking(.positions(axis: 2)), at: [x, NDArray([1, 1, 0], shape: [3])])
    try expectPullback(of: IndexedPicking(.tuples(batch: 1)), at: [x, NDArray([3, 0, -1], shape: [3, 1])])
    for combination in [Scattering.Combination.replace, .add, .multiply, .maximum] {
      let updates = ramp([3, 2, 2], phase: 0.4)
      let indices = NDArray([0, 0, 1, 0, 2, 3, 1, 1, -1, 0, 0, 2], shape: [3, 2, 2])
      let op = IndexedScattering(combination, .elements(axis: 1))
      try expectPullback(of: op, at: [x, indices, updates], varying: [0, 2], step: 1e-3)
    }
  }

  @Test func `an index beyond the array is refused when it comes up`() throws {
    #expect(throws: ShapeError.self) {
      try IndexedPicking(.positions(axis: 1)).forward([x, NDArray([4], shape: [1])])
    }
    #expect(throws: ShapeError.self) {
      try IndexedPicking(.elements(axis: 0)).outputShape(of: [[3, 4, 2], [1, 5, 2]])
    }
  }

  @Test func `whole numbers wrap around as their type does, and are never rounded`() throws {
    func result(_ function: IntegerArithmetic.Function, _ a: Float, _ b: Float, _ range: ClosedRange<Int>) throws
      -> Float
    {
      try IntegerArithmetic(function, in: range).forward([NDArray([a], shape: [1]), NDArray([b], shape: [1])]).scalars[
        0]
    }
    let long = Int.min...Int.max
    #expect(try result(.add, 120, 10, -128...127) == -126)
    #expect(try result(.subtract, 3, 5, 0...255) == 254)
    #expect(try result(.divide, -7, 2, long) == -3)
    #expect(try result(.remainder(keepsDividendSign: false), -7, 3, long) == 2)
    #expect(try result(.remainder(keepsDividendSign: true), -7, 3, long) == -1)
    #expect(try result(.multiply, 4096, 4096, long) == 0x1p24)
    #expect(throws: ShapeError.self) { try result(.multiply, 4096, 4097, long) }
    #expect(throws: ShapeError.self) { try result(.subtract, 3, 5, 0...Int.max) }
  }

  @Test func `regions of maps have a gradient`() throws {
    let regions = NDArray([1, 1.5, 7, 6, -1, 0, 3, 9], shape: [2, 4]), images = NDArray([1, 0], shape: [2])
    for pooling in [RegionAlignment.Pooling.average, .maximum] {
      for samples in [0, 2] {
        let op = RegionAlignment(pooling, size: [2, 3], samples: samples, scale: 0.5, hasHalfPixelShift: true)
        try expectPullback(of: op, at: [ramp([2, 2, 4, 5]), regions, images], step: 1e-3)
      }
    }
  }

  @Test(arguments: [GridSample.Padding.zeros, .border, .reflection])
  func `volumes looked at through a grid have a gradient, and so has the grid`(padding: GridSample.Padding) throws {
    let grid = NDArray(ramp([1, 2, 2, 2, 3]).scalars.map { 1.3 * $0 }, shape: [1, 2, 2, 2, 3])
    for aligns in [false, true] {
      let op = GridSample(.linear, padding: padding, alignsCorners: aligns)
      try expectPullback(of: op, at: [ramp([1, 2, 3, 4, 5]), grid], varying: [0, 1], step: 1e-3)
    }
    let cubic = GridSample(.cubic, padding: padding, alignsCorners: true)
    #expect(throws: ShapeError.self) { try cubic.outputShape(of: [[1, 2, 3, 4, 5], grid.shape]) }
  }
}

import GraphEngine
import Kernels
import Testing

@Suite struct MovementTests {
  let x = NDArray((0..<24).map(Float.init), shape: [2, 3, 4])

  @Test func `reshaping keeps the order`() throws {
    expectClose(try Reshape(to: [4, 6]).forward([x]), x.scalars, shape: [4, 6])
    try expectPullback(of: Reshape(to: [4, 6]), at: [x])
    #expect(throws: ShapeError.self) { try Reshape(to: [5, 5]).outputShape(of: [[2, 3, 4]]) }
  }

  @Test(arguments: [[2, 0, 1], [1, 0, 2], [0, 2, 1]]) func `transposing`(permutation: [Int]) throws {
    let y = try Transpose(permutation: permutation).forward([x])
    let strides = [12, 4, 1]
    var expected: [Float] = []
    for i in 0..<x.shape[permutation[0]] {
      for j in 0..<x.shape[permutation[1]] {
        for k in 0..<x.shape[permutation[2]] {
          expected.append(
            Float(i * strides[permutation[0]] + j * strides[permutation[1]] + k * strides[permutation[2]]))
        }
      }
    }
    expectClose(y, expected, shape: permutation.map { x.shape[$0] })
    try expectPullback(of: Transpose(permutation: permutation), at: [x])
  }

  @Test(arguments: [0, 1, 2]) func `concatenation and slices undo each other`(axis: Int) throws {
    var longer = x.shape
    longer[axis] += 2
    let other = ramp(longer)
    let joined = try Concatenation(axis: axis).forward([x, other])
    var starts = [0, 0, 0]
    starts[axis] = x.shape[axis]
    let tail = try Slice(starts: starts, ends: joined.shape, steps: [1, 1, 1]).forward([joined])
    expectClose(tail, other.scalars, shape: longer)
    try expectPullback(of: Concatenation(axis: axis), at: [x, other], varying: [0, 1])
    try expectPullback(of: Slice(starts: starts, ends: joined.shape, steps: [1, 1, 1]), at: [joined])
  }

  @Test func `joined channels stay right whatever the memory layout`() throws {
    let weights = ramp([24, 3, 1, 1], phase: 0.2).asConstant()
    let geometry = ConvolutionGeometry(
      strides: [1, 1], dilations: [1, 1], paddingBefore: [0, 0], paddingAfter: [0, 0], groups: 1)
    let y = try Convolution(geometry).forward([ramp([2, 3, 5, 5]), weights])
    let joined = try Concatenation(axis: 1).forward([y, y])
    #expect(joined.shape == [2, 48, 5, 5])
    for n in 0..<2 {
      let (one, both) = (Array(y.scalars[n * 600..<n * 600 + 600]), Array(joined.scalars[n * 1200..<n * 1200 + 1200]))
      #expect(both == one + one)
    }
    try expectPullback(of: Concatenation(axis: 1), at: [y, y], varying: [0, 1])
  }

  @Test func `slices with steps`() throws {
    let op = Slice(starts: [1, 2, 0], ends: [-1, 3, 4], steps: [-1, 1, 2])
    expectClose(try op.forward([x]), [20, 22, 8, 10], shape: [2, 1, 2])
    try expectPullback(of: op, at: [x])
    #expect(throws: ShapeError.self) {
      try Slice(starts: [0, 0, 0], ends: [3, 3, 4], steps: [1, 1, 1]).outputShape(of: [[2, 3, 4]])
    }
  }

  @Test func `padding`() throws {
    let x = NDArray([1, 2, 3, 4, 5, 6], shape: [2, 3])
    func padded(_ mode: PaddingMode) throws -> [Float] {
      try Pad(before: [1, 1], after: [0, 2], mode: mode).forward([x]).scalars
    }
    #expect(try padded(.constant(9)) == [9, 9, 9, 9, 9, 9, 9, 1, 2, 3, 9, 9, 9, 4, 5, 6, 9, 9])
    #expect(try padded(.edge) == [1, 1, 2, 3, 3, 3, 1, 1, 2, 3, 3, 3, 4, 4, 5, 6, 6, 6])
    #expect(try padded(.reflect) == [5, 4, 5, 6, 5, 4, 2, 1, 2, 3, 2, 1, 5, 4, 5, 6, 5, 4])
    for mode in [PaddingMode.constant(0), .edge, .reflect] {
      try expectPullback(of: Pad(before: [1, 1], after: [0, 2], mode: mode), at: [x])
    }
    try expectPullback(of: Pad(before: [0, -1], after: [2, 0], mode: .constant(0)), at: [x])
  }

  @Test func `gathering and repeating`() throws {
    expectClose(
      try Gather(indices: [2, 0, 2], indicesShape: [3], axis: 1).forward([x]),
      [8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11, 20, 21, 22, 23, 12, 13, 14, 15, 20, 21, 22, 23], shape: [2, 3, 4])
    try expectPullback(of: Gather(indices: [2, 0, 2], indicesShape: [3], axis: 1), at: [x])
    try expectPullback(of: Gather(indices: [1], indicesShape: [], axis: 2), at: [x])
    let column = NDArray([1, 2], shape: [2, 1])
    expectClose(try Expand(to: [2, 2, 3]).forward([column]), [1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2], shape: [2, 2, 3])
    try expectPullback(of: Expand(to: [2, 2, 3]), at: [column])
    try expectPullback(of: Identity(), at: [x])
  }
}

import Kernels
import TestSupport
import Testing

@Suite struct InlaidKernelTests {
  /// Each scalar looked up by itself, whatever the layouts.
  @Test(arguments: [1, 8, 16, 20], [1, 8, 16]) func `parts are of the whole, with the patch laid over it`(
    side: Int, wholeSide: Int
  ) throws {
    let channels = 20
    func laid(_ array: NDArray, _ side: Int) throws -> NDArray {
      side == 1 ? array : array.reordered(to: try .blocked(array.shape, width: side))
    }
    let patches = NDArray(.scattered([3, channels, 3, 4], 0.618)),
      whole = NDArray(.scattered([1, channels, 7, 9], 0.414))
    let parts = [
      InlaidPart(row: 2, column: 3, firstRow: 1, firstColumn: 1),
      InlaidPart(row: 0, column: 5, firstRow: -2, firstColumn: 6),
      InlaidPart(row: 4, column: 0, firstRow: 5, firstColumn: -1),
    ]
    let result = try inlaid(laid(patches, side), in: laid(whole, wholeSide), parts, height: 5, width: 6, fill: -7)
    #expect(result.shape == [3, channels, 5, 6])
    let (small, large, found) = (patches.scalars, whole.scalars, result.scalars)
    for n in 0..<3 {
      for c in 0..<channels {
        for y in 0..<5 {
          for x in 0..<6 {
            let (row, column) = (y + parts[n].firstRow, x + parts[n].firstColumn)
            let (i, j) = (row - parts[n].row, column - parts[n].column)
            var expected: Float = -7
            if (0..<7).contains(row), (0..<9).contains(column) {
              expected = large[(c * 7 + row) * 9 + column]
              if (0..<3).contains(i), (0..<4).contains(j) { expected = small[((n * channels + c) * 3 + i) * 4 + j] }
            }
            #expect(found[((n * channels + c) * 5 + y) * 6 + x] == expected)
          }
        }
      }
    }
  }

  @Test func `shapes that do not fit are refused`() {
    let patches = NDArray(.scattered([2, 3, 2, 2], 0.6)),
      part = InlaidPart(row: 0, column: 0, firstRow: 0, firstColumn: 0)
    for (whole, parts) in [([1, 4, 5, 5], [part, part]), ([2, 3, 5, 5], [part, part]), ([1, 3, 5, 5], [part])] {
      #expect(throws: KernelError.self) {
        try inlaid(patches, in: NDArray(repeating: 0, shape: whole), parts, height: 2, width: 2, fill: 0)
      }
    }
  }
}

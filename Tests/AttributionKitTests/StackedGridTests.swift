import AttributionKit
import Tensors
import Testing

/// Volumes, films and signals seen as pictures.
@Suite struct StackedGridTests {
  @Test func `the shape tells what an array is`() throws {
    let volume = try #require(StackedGrid([1, 4, 5, 6]))
    #expect(volume.kind == .volume && volume.stackedShape == [1, 20, 6] && volume.depth == 4)
    let film = try #require(StackedGrid([7, 3, 5, 6]))
    #expect(film.kind == .frames && film.stackedShape == [3, 35, 6] && film.depth == 7)
    let last = try #require(StackedGrid([7, 5, 6, 3]))
    #expect(last.kind == .volume && last.stackedShape == [3, 35, 6])
    let signal = try #require(StackedGrid([2, 90]))
    #expect(signal.kind == .signal && signal.stackedShape == [2, 1, 90])
    #expect(StackedGrid([90, 2], hasChannelsLast: true)?.stackedShape == [2, 1, 90])
    #expect(StackedGrid([3, 5, 6]) == nil && StackedGrid([2, 0, 5, 6]) == nil)
  }

  @Test(arguments: [[2, 4, 5, 6], [7, 3, 5, 6], [7, 5, 6, 3]]) func `stacking and back changes nothing`(
    shape: [Int]
  ) throws {
    let grid = try #require(StackedGrid(shape))
    let array = Tensor((0..<shape.reduce(1, *)).map(Float.init), shape: shape)
    let stacked = grid.stacked(array)
    #expect(stacked.shape == grid.stackedShape && grid.unstacked(stacked) == array)
    // A scalar's place in the picture: its channel, its slice's rows one beneath the other, its column.
    let extents = grid.axes.map { shape[$0] }
    for (place, scalar) in stacked.scalars.enumerated() {
      let (column, row) = (place % extents[3], place / extents[3] % extents[2])
      let (slice, channel) = (place / (extents[3] * extents[2]) % extents[1], place / extents[1...].reduce(1, *))
      var native = [0, 0, 0, 0]
      for (axis, index) in zip(grid.axes, [channel, slice, row, column]) { native[axis] = index }
      #expect(scalar == Float(native.enumerated().reduce(0) { $0 * shape[$1.offset] + $1.element }))
    }
  }

  @Test func `a layer tells its slices, and the input how it is seen`() throws {
    let grid = try #require(StackedGrid([1, 8, 6, 6]))
    #expect(grid.depth(of: Layer("c", maps: [4, 12, 3], nativeShape: [4, 4, 3, 3])) == 4)
    #expect(grid.depth(of: Layer("f", maps: [4, 24, 3], nativeShape: [8, 4, 3, 3])) == 8)
    #expect(grid.depth(of: Layer("x", maps: [1, 48, 6], nativeShape: [1, 8, 6, 6])) == 8)
    #expect(StackedGrid(Layer("x", maps: [1, 48, 6], nativeShape: [1, 8, 6, 6])) == grid)
    #expect(StackedGrid(Layer("x", maps: [2, 1, 9], nativeShape: [9, 2]))?.axes == [1, 0])
    #expect(StackedGrid(Layer("x", shape: [3, 5, 6])) == nil)
  }
}

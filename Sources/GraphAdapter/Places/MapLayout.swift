import GraphEngine
import Kernels
import Tensors

/// Where a stack of maps, `[channels, height, width]`, lies in an array that the network holds in another way.
///
/// Tokens `[T, D]` of a transformer are such an array, also in windows or heads, and so are maps with the channels last.
struct MapLayout: Sendable {
  let height: Int
  let width: Int
  /// Whether the network itself holds the maps as `[channels, height, width]`.
  let isPlain: Bool
  /// The part of the image that the cells cover.
  let hull: Region
  /// Whether the cells are taken to cover the image, though the network takes its rows and columns apart before.
  var areAssumed = false
  /// What each channel adds to the place in the row-major array.
  private let channelOffsets: [Int]
  /// What each cell adds, cells in row-major order.
  private let cellOffsets: [Int]

  /// The layout of a value of `shape`; `nil` where its places make no grid.
  init?(of map: RegionMap, shape: [Int]) {
    guard let grid = PlaceGrid(of: map) else { return nil }
    (height, width, hull) = (grid.height, grid.width, grid.hull)
    var strides = shape.map { _ in 1 }
    for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
    var channels = [0]
    for axis in shape.indices where map.extents[axis] == 1 {
      channels = channels.flatMap { offset in (0..<shape[axis]).map { offset + $0 * strides[axis] } }
    }
    channelOffsets = channels
    let axes = zip(map.extents, zip(map.strides, strides)).filter { $0.0 > 1 }
    let cells = grid.positions.map { position in axes.reduce(0) { $0 + position / $1.1.0 % $1.0 * $1.1.1 } }
    cellOffsets = cells
    isPlain =
      channels.count * cells.count == shape.reduce(1, *) && cells.elementsEqual(0..<cells.count)
      && channels.indices.allSatisfy { channels[$0] == $0 * cells.count }
  }

  /// Maps as convolutions make them.
  init(channels: Int, height: Int, width: Int) {
    (self.height, self.width) = (height, width)
    channelOffsets = (0..<channels).map { $0 * height * width }
    cellOffsets = Array(0..<height * width)
    isPlain = true
    hull = .whole
  }

  var shape: [Int] { [channelOffsets.count, height, width] }

  var channels: Int { channelOffsets.count }

  var places: Int { cellOffsets.count }

  /// Whether the first `width` scalars of the array, the row of a class token, belong to no place.
  func lacksFirstRow(of width: Int) -> Bool { cellOffsets.allSatisfy { $0 >= width } }

  /// Which rows of as many scalars as there are channels hold the places, in order; `nil` where the channels of a place do
  /// not lie side by side.
  var rows: [Int]? {
    guard channelOffsets.elementsEqual(0..<channels), cellOffsets.allSatisfy({ $0 % channels == 0 }) else { return nil }
    return cellOffsets.map { $0 / channels }
  }

  /// The place in the row-major array of each scalar of the maps.
  var positions: [Int] { channelOffsets.flatMap { channel in cellOffsets.map { channel + $0 } } }

  /// The maps in the network's own array.
  func maps(in scalars: [Float]) -> Tensor {
    var result: [Float] = []
    result.reserveCapacity(channelOffsets.count * cellOffsets.count)
    for channel in channelOffsets { for cell in cellOffsets { result.append(scalars[channel + cell]) } }
    return Tensor(result, shape: shape)
  }

  /// The network's own array with these maps in it; what has no place is as in `scalars`.
  func putting(_ maps: Tensor, into scalars: [Float]) -> [Float] {
    var result = scalars, source = 0
    for channel in channelOffsets {
      for cell in cellOffsets {
        result[channel + cell] = maps.scalars[source]
        source += 1
      }
    }
    return result
  }

  /// Whether a scalar that belongs to a place is not zero.
  func hasNonzeroPlace(in scalars: [Float]) -> Bool {
    channelOffsets.contains { channel in cellOffsets.contains { scalars[channel + $0] != 0 } }
  }
}

public import Tensors

/// Random masks that are smooth and coarse: cells of a grid that are on or off, stretched bilinearly and shifted.
///
/// A mask is made anew whenever it is asked for, always the same by its number, so that thousands need no memory.
///
/// Source: Petsiuk, Das & Saenko, *RISE: Randomized input sampling for explanation of black-box models*, BMVC 2018,
/// arXiv:1806.07421, section 3.2.
public struct RandomGridMasks: Hashable, Sendable {
  /// How many cells a side of the grid has.
  public let cells: Int
  /// How likely a cell is on.
  public let probability: Float
  public let height: Int, width: Int
  public let seed: UInt64

  /// - Parameters:
  ///   - cells: How many cells a side of the grid has, from 1.
  ///   - probability: How likely a cell is on.
  ///   - height: The number of a mask's rows.
  ///   - width: The number of a mask's columns.
  ///   - seed: The number that decides all masks.
  public init(cells: Int, probability: Float, height: Int, width: Int, seed: UInt64) {
    precondition(cells > 0, "a grid without cells")
    self.cells = cells
    self.probability = probability
    self.height = height
    self.width = width
    self.seed = seed
  }

  /// The mask of this number, `[height, width]`, from 0 to 1.
  ///
  /// The grid is stretched to one cell more than the image in either direction, and cut from a place within the first cell.
  public subscript(index: Int) -> Tensor {
    var generator = SplitMix64(seed: seed, stream: index)
    let grid = Tensor(
      (0..<cells * cells).map { _ in generator.uniform() < probability ? 1 : 0 }, shape: [cells, cells])
    let (cellHeight, cellWidth) = ((height + cells - 1) / cells, (width + cells - 1) / cells)
    let (top, left) = (generator.below(cellHeight), generator.below(cellWidth))
    return grid.resized(
      height: (cells + 1) * cellHeight, width: (cells + 1) * cellWidth, rows: top..<top + height,
      columns: left..<left + width)
  }
}

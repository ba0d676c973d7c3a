extension Tensor {
  /// Images `[channels, height, width]` of one shape beside each other, in rows from the top left.
  ///
  /// - Precondition: They fill whole rows.
  public init(mosaicOf cells: [Tensor], columns: Int) {
    precondition(
      !cells.isEmpty && columns > 0 && cells.count % columns == 0 && cells.allSatisfy { $0.shape == cells[0].shape },
      "\(cells.count) images, all of one shape, in rows of \(columns)")
    let (channels, height, width) = (cells[0].shape[0], cells[0].shape[1], cells[0].shape[2])
    let rows = cells.count / columns
    var scalars: [Float] = []
    scalars.reserveCapacity(cells.count * channels * height * width)
    for channel in 0..<channels {
      for y in 0..<rows * height {
        for column in 0..<columns {
          let start = (channel * height + y % height) * width
          scalars += cells[y / height * columns + column].scalars[start..<start + width]
        }
      }
    }
    self.init(scalars, shape: [channels, rows * height, columns * width])
  }
}

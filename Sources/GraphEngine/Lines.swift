import Kernels

/// The lines of a row-major array along one axis, for operators that see each of them by itself.
struct Lines {
  /// All scalars; empty where only the lines' places matter.
  let scalars: [Float]
  let count: Int
  let extent: Int
  /// The distance between neighbours of a line.
  let stride: Int
  /// Where each line begins, in row-major order of the other axes.
  let starts: [Int]

  init(of array: NDArray, along axis: Int) { self.init(array.scalars, array.shape, axis) }

  init(over shape: [Int], along axis: Int) { self.init([], shape, axis) }

  private init(_ scalars: [Float], _ shape: [Int], _ axis: Int) {
    self.scalars = scalars
    count = shape.reduce(1, *)
    extent = shape[axis]
    let inner = shape[(axis + 1)...].reduce(1, *)
    let block = shape[axis] * inner
    stride = inner
    starts = (0..<shape[..<axis].reduce(1, *)).flatMap { outer in (0..<inner).map { outer * block + $0 } }
  }

  func values(from start: Int) -> [Float] { (0..<extent).map { scalars[start + $0 * stride] } }
}

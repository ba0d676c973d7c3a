public import Tensors

/// An image cut into segments, each pixel in one of them.
public struct Segmentation: Hashable, Sendable {
  /// The segment of each pixel, in row-major order: numbers from 0 without gaps, in the order in which segments are met.
  public let labels: [Int]
  public let height: Int, width: Int
  /// How many segments there are.
  public let count: Int

  /// - Parameters:
  ///   - labels: A number for each pixel, in row-major order, equal where pixels belong together; renumbered from 0.
  ///   - height: The number of rows.
  ///   - width: The number of columns.
  public init(_ labels: [Int], height: Int, width: Int) {
    precondition(labels.count == height * width, "\(labels.count) labels cannot fill \(height) × \(width)")
    var numbers: [Int: Int] = [:]
    var (previous, number) = (0, 0)
    self.labels = labels.map { label in
      // Neighbours mostly belong together, so that few pixels need a look-up.
      if label != previous || numbers.isEmpty {
        number = numbers[label] ?? numbers.count
        numbers[label] = number
        previous = label
      }
      return number
    }
    self.height = height
    self.width = width
    count = numbers.count
  }

  /// How many pixels each segment has.
  public var sizes: [Int] {
    labels.reduce(into: Array(repeating: 0, count: count)) { sizes, label in sizes[label] += 1 }
  }

  /// Each pixel with the value of its segment: `[height, width]`.
  public func map(of values: [Float]) -> Tensor {
    precondition(values.count == count, "\(values.count) values for \(count) segments")
    return Tensor(labels.map { values[$0] }, shape: [height, width])
  }

  /// The mean of a map `[height, width]` over each segment.
  public func means(of map: Tensor) -> [Float] {
    precondition(map.shape == [height, width], "\(map.shape) does not fit \(height) × \(width)")
    var sums = Array(repeating: 0.0, count: count)
    for (label, value) in zip(labels, map.scalars) { sums[label] += Double(value) }
    return zip(sums, sizes).map { Float($0 / Double($1)) }
  }
}

extension Segmentation {
  /// Rectangles in `rows` × `columns`, as equal as whole pixels allow; never more than there are pixels.
  public static func grid(rows: Int, columns: Int, height: Int, width: Int) -> Segmentation {
    let (rows, columns) = (min(max(rows, 1), max(height, 1)), min(max(columns, 1), max(width, 1)))
    let labels = (0..<height).flatMap { y in
      (0..<width).map { x in (y * rows / height) * columns + x * columns / width }
    }
    return Segmentation(labels, height: height, width: width)
  }
}

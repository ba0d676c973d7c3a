import AttributionKit
import Foundation
import Images
package import Tensors

/// What a stored map shows, small enough to keep thousands: the evidence on a grid of 16 × 16, of length 1.
package struct CoarseMap: Sendable {
  static let side = 16
  /// Row by row; all zero where there is no evidence.
  package let values: [Float]
  /// How little of the picture the evidence lies on, its Gini coefficient: 0 evenly everywhere … 1 in one place.
  package let focus: Float

  /// - Parameter values: signed values as they are stored: `[height, width]`, or the channels of pixels.
  package init?(of values: Tensor) {
    let evidence: Tensor
    if values.shape.count == 2 {
      evidence = values.map { $0.isFinite ? max(0, $0) : 0 }
    } else {
      guard let grid = ImageGrid(values.shape) else { return nil }
      let area = grid.height * grid.width
      var sums = [Float](repeating: 0, count: area)
      for (index, value) in values.scalars.enumerated() where value.isFinite {
        sums[grid.isChannelsLast ? index / grid.channels : index % area] += abs(value)
      }
      evidence = Tensor(sums, shape: [grid.height, grid.width])
    }
    focus = Self.gini(evidence.scalars)
    let coarse = Self.averaged(evidence)
    let length = coarse.reduce(0) { $0 + $1 * $1 }.squareRoot()
    self.values = length > 0 ? coarse.map { $0 / length } : coarse
  }

  /// The mean over the area of each coarse place; of smaller maps, between the places.
  private static func averaged(_ map: Tensor) -> [Float] {
    let (height, width) = (map.shape[0], map.shape[1])
    guard height >= side, width >= side else { return map.resized(height: side, width: side).scalars }
    return (0..<side * side).map { place in
      let rows = (place / side * height / side)..<((place / side + 1) * height / side)
      let columns = (place % side * width / side)..<((place % side + 1) * width / side)
      var sum: Float = 0
      for y in rows { for x in columns { sum += map.scalars[y * width + x] } }
      return sum / Float(rows.count * columns.count)
    }
  }

  /// Half of the mean difference between two values, in units of their mean.
  private static func gini(_ values: [Float]) -> Float {
    let sorted = values.sorted()
    var (sum, weighed) = (0.0, 0.0)
    for (rank, value) in sorted.enumerated() {
      sum += Double(value)
      weighed += Double(2 * (rank + 1) - sorted.count - 1) * Double(value)
    }
    return sum > 0 ? Float(weighed / (sum * Double(sorted.count))) : 0
  }
}

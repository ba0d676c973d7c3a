/// A plain array of doubles, for definitions written out without a thought of speed.
struct NaiveArray {
  let shape: [Int]
  var scalars: [Double]

  init(_ scalars: [Double], _ shape: [Int]) { (self.scalars, self.shape) = (scalars, shape) }

  /// The array whose scalar at each index is `scalar`.
  init(_ shape: [Int], _ scalar: ([Int]) -> Double) {
    self.shape = shape
    scalars = NaiveArray.indices(of: shape).map(scalar)
  }

  subscript(index: [Int]) -> Double { scalars[zip(index, shape).reduce(0) { $0 * $1.1 + $1.0 }] }

  /// The scalar that broadcasting puts at an index of a larger shape.
  func broadcast(at index: [Int]) -> Double {
    self[zip(index.suffix(shape.count), shape).map { $1 == 1 ? 0 : $0 }]
  }

  func map(_ f: (Double) -> Double) -> NaiveArray { NaiveArray(scalars.map(f), shape) }

  /// All indices of a shape, the last axis fastest.
  static func indices(of shape: [Int]) -> [[Int]] {
    shape.reduce([[]]) { indices, extent in indices.flatMap { index in (0..<extent).map { index + [$0] } } }
  }
}

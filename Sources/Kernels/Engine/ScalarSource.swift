/// Scalars that wait elsewhere, as in a mapped file, until a kernel wants them in memory.
public protocol ScalarSource: Sendable {
  /// Where they can be read as they are, aligned for `Float`; `nil` where they must be copied.
  var scalars: UnsafePointer<Float>? { get }

  /// Writes the scalars in `range` to `target`; called for several ranges at once.
  func copy(_ range: Range<Int>, to target: UnsafeMutablePointer<Float>)

  /// Called when the scalars will not be read for a while: the pages of memory that hold them may be given back.
  func rest()
}

/// The rows of a constant, each times its number.
struct ScaledRows: ScalarSource {
  let rows: Storage
  /// The number of scalars in a row.
  let length: Int
  /// One per row.
  let factors: [Float]

  var scalars: UnsafePointer<Float>? { nil }

  func copy(_ range: Range<Int>, to target: UnsafeMutablePointer<Float>) {
    // Scaled while the processor's cache still holds what was copied.
    let piece = 1 << 14
    for start in stride(from: range.lowerBound, to: range.upperBound, by: piece) {
      let part = start..<min(start + piece, range.upperBound)
      let first = target + (start - range.lowerBound)
      rows.copy(part, to: first)
      var position = start
      while position < part.upperBound {
        let (row, end) = (position / length, min((position / length + 1) * length, part.upperBound))
        let factor = factors[row]
        for i in position - start..<end - start { first[i] *= factor }
        position = end
      }
    }
  }

  func rest() { rows.rest() }
}

extension NDArray {
  /// A constant `[O, …]`, each row times its number; it takes no memory of its own until a kernel reads it.
  public func scalingRows(by factors: [Float]) -> NDArray {
    precondition(factors.count == shape.first, "\(factors.count) factors cannot scale an array of shape \(shape)")
    let rows = plain()
    let source = ScaledRows(rows: rows.storage, length: count / max(factors.count, 1), factors: factors)
    return NDArray(storage: Storage(count: count, source: source), shape: shape).asConstant()
  }
}

import AttributionKit
import Tensors

extension Explanation {
  /// What `measure` says of the sizes `|a|` of all pixels, of which `a` is the balance.
  ///
  /// - Parameter measure: Makes a result of the sizes, row by row, which are finite and not all zero.
  /// - Returns: That result; an undefined one where there is nothing to measure.
  /// - Throws: ``AttributionError/notAnImage(_:)``.
  func measured(_ measure: (_ sizes: [Float]) -> MetricResult) throws -> MetricResult {
    let sizes = try balance().magnitudes().scalars
    guard sizes.allSatisfy(\.isFinite) else { return .undefined("not all values of the map are finite") }
    guard sizes.contains(where: { $0 > 0 }) else { return .undefined("the map is empty") }
    return measure(sizes)
  }

  /// The evidence as a mask, `[height, width]`: divided by its maximum, from 0 to 1.
  ///
  /// - Returns: `nil` where nothing speaks for the score, or a value is not finite.
  /// - Throws: ``AttributionError/notAnImage(_:)``.
  func mask() throws -> Tensor? {
    let evidence = try evidence(), greatest = evidence.scalars.max() ?? 0
    guard evidence.scalars.allSatisfy(\.isFinite), greatest > 0 else { return nil }
    return evidence.map { $0 / greatest }
  }

  /// The same method on the image as this mask shows it, `m ⊙ x + (1 − m) ⊙ x₀`.
  ///
  /// - Throws: ``AttributionError/unknownColors(_:)`` of the baseline; whatever the model or the method throws.
  func repeated(through mask: Tensor, over baseline: Baseline) throws -> Explanation {
    let grid = try session.grid, cover = try session.baseline(baseline)
    return try repeated(on: grid.masked(session.input, by: mask, over: cover))
  }
}

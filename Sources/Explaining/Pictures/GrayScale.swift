/// Numbers as samples of a picture, the least of them black and the greatest white.
struct GrayScale {
  // As doubles, in which no difference of floats is too large and none too small.
  private let least: Double, greatest: Double

  /// From the least to the greatest of numbers that are finite.
  init(_ numbers: [Float]) {
    let finite = numbers.lazy.filter(\.isFinite)
    (least, greatest) = (Double(finite.min() ?? 0), Double(finite.max() ?? 0))
  }

  /// From 0 to 255; 0 where all numbers are alike, or for what is none.
  func sample(_ number: Float) -> UInt8 {
    guard greatest > least, !number.isNaN else { return 0 }
    return UInt8(min(max((Double(number) - least) / (greatest - least) * 255, 0), 255))
  }
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Tensor {
  /// The last two dimensions blurred by a Gaussian of `deviation` pixels, cut off at three deviations.
  ///
  /// Beyond the border there is nothing: the weights that fall inside are scaled to add up to one.
  public func blurred(deviation: Float) -> Tensor {
    guard deviation > 0, let width = shape.last, shape.count >= 2, width > 0 else { return self }
    let height = shape[shape.count - 2]
    let reach = Int((3 * deviation).rounded(.up))
    let kernel = (-reach...reach).map { exp(-Float($0 * $0) / (2 * deviation * deviation)) }
    var result = self
    for plane in 0..<scalars.count / Swift.max(1, height * width) {
      let start = plane * height * width
      for y in 0..<height { result.blurLine(from: start + y * width, step: 1, count: width, kernel) }
      for x in 0..<width { result.blurLine(from: start + x, step: width, count: height, kernel) }
    }
    return result
  }

  /// Blurs `count` scalars that lie `step` apart.
  private mutating func blurLine(from start: Int, step: Int, count: Int, _ kernel: [Float]) {
    let line = (0..<count).map { scalars[start + $0 * step] }
    let reach = kernel.count / 2
    for i in 0..<count {
      var (sum, total): (Float, Float) = (0, 0)
      for j in Swift.max(0, i - reach)...Swift.min(count - 1, i + reach) {
        sum += kernel[j - i + reach] * line[j]
        total += kernel[j - i + reach]
      }
      self[start + i * step] = sum / total
    }
  }
}

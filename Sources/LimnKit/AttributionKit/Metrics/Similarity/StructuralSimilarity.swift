import Tensors

/// The structural similarity of two maps of numbers from 0 to 1, in windows of each other's places.
///
///     SSIM = (2μₐμ_b + c₁)(2σₐ_b + c₂) / ((μₐ² + μ_b² + c₁)(σₐ² + σ_b² + c₂)),    c₁ = 0.01², c₂ = 0.03²       (eq. 13)
///
/// Means `μ`, variances and covariances `σ`, these of a sample, are those in a square window; windows that reach beyond the
/// border are left out.
///
/// Source: Wang, Bovik, Sheikh & Simoncelli, *Image quality assessment: from error visibility to structural similarity*, IEEE
/// Transactions on Image Processing 2004, doi:10.1109/TIP.2003.819861; the window as in scikit-image.
struct StructuralSimilarity: Hashable, Sendable {
  /// How many pixels a side of the window has, an odd number; of a smaller map, the greatest odd number that fits.
  let window: Int

  init(window: Int = 7) {
    precondition(window > 0 && window % 2 == 1, "a window of \(window) has no centre")
    self.window = window
  }

  /// The mean over all windows of two maps `[height, width]`.
  func mean(of a: Tensor, and b: Tensor) -> Float {
    let (height, width) = (a.shape[0], a.shape[1])
    let side = min(window, (min(height, width) - 1) / 2 * 2 + 1), count = Double(side * side)
    let sums = [
      WindowSums(a, b) { x, _ in x }, WindowSums(a, b) { _, y in y }, WindowSums(a, b) { x, _ in x * x },
      WindowSums(a, b) { _, y in y * y }, WindowSums(a, b) { x, y in x * y },
    ]
    // Of a single pixel there is no variance to tell of.
    let unbiased = count > 1 ? count / (count - 1) : 0
    var total = 0.0
    for top in 0...height - side {
      for left in 0...width - side {
        let means = sums.map { $0.sum(top: top, left: left, side: side) / count }
        let (x, y) = (means[0], means[1])
        let varianceX = unbiased * (means[2] - x * x), varianceY = unbiased * (means[3] - y * y)
        let covariance = unbiased * (means[4] - x * y)
        total +=
          (2 * x * y + 1e-4) * (2 * covariance + 9e-4) / ((x * x + y * y + 1e-4) * (varianceX + varianceY + 9e-4))
      }
    }
    return Float(total / Double((height - side + 1) * (width - side + 1)))
  }
}

/// Sums over rectangles that begin in a corner, of which four give the sum over any rectangle.
private struct WindowSums {
  private let width: Int
  private var sums: [Double]

  init(_ a: Tensor, _ b: Tensor, _ term: (Double, Double) -> Double) {
    let height = a.shape[0]
    width = a.shape[1] + 1
    sums = Array(repeating: 0, count: (height + 1) * width)
    for y in 0..<height {
      var row = 0.0
      for x in 0..<width - 1 {
        let place = y * (width - 1) + x
        row += term(Double(a.scalars[place]), Double(b.scalars[place]))
        sums[(y + 1) * width + x + 1] = sums[y * width + x + 1] + row
      }
    }
  }

  func sum(top: Int, left: Int, side: Int) -> Double {
    let (upper, lower) = (top * width + left, (top + side) * width + left)
    return sums[lower + side] - sums[lower] - sums[upper + side] + sums[upper]
  }
}

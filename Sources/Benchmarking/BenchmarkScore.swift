import AttributionKit
import Tensors

extension BenchmarkCase {
  /// The share of the evidence that lies where evidence can be, 0…1.
  ///
  ///     Σₚ R(xₚ)·tₚ / Σₚ R(xₚ)
  ///
  /// A map is scored on its own grid, a place of which counts by the share of it that is true: stretched over the pixels, it
  /// would leak over the border though it were exact. Pixels count by their size `Σₖ |xₖ|`. A map that shows no evidence has
  /// found none: 0. Source: Rao, Böhle & Schiele, CVPR 2022, arXiv:2205.10435, section 4.
  ///
  /// - Throws: `AttributionError` where the attribution is on no grid of the image.
  func score(of attribution: Attribution, by method: any AttributionMethod) throws -> Double {
    let evidence: Tensor, truth: Tensor
    if attribution.isMap {
      evidence = attribution.values.rectified()
      truth = self.truth.pooled(height: attribution.height, width: attribution.width)
    } else {
      evidence = try Explanation(attribution, by: method, in: session).evidence()
      truth = self.truth
    }
    var (inside, all) = (0.0, 0.0)
    for (value, share) in zip(evidence.scalars, truth.scalars) where value.isFinite {
      inside += Double(value) * Double(share)
      all += Double(value)
    }
    return all > 1e-7 * Double(evidence.scalars.max() ?? 0) && all > 0 ? inside / all : 0
  }
}

extension Tensor {
  /// The mean over each cell of a grid laid over `[height, width]`; pixels that a cell's border cuts count by their share.
  fileprivate func pooled(height rows: Int, width columns: Int) -> Tensor {
    let (height, width) = (shape[0], shape[1])
    guard (rows, columns) != (height, width) else { return self }
    func shares(of cell: Int, of cells: Int, over pixels: Int) -> [(pixel: Int, share: Double)] {
      let start = Double(cell) * Double(pixels) / Double(cells), end = Double(cell + 1) * Double(pixels) / Double(cells)
      return (Int(start)..<min(Int(end.rounded(.up)), pixels)).map { pixel in
        (pixel, (min(end, Double(pixel + 1)) - max(start, Double(pixel))) / (end - start))
      }
    }
    let across = (0..<columns).map { shares(of: $0, of: columns, over: width) }
    return Tensor(
      (0..<rows).flatMap { row -> [Float] in
        let down = shares(of: row, of: rows, over: height)
        return across.map { cells in
          Float(
            down.reduce(0.0) { sum, y in
              cells.reduce(sum) { $0 + y.share * $1.share * Double(scalars[y.pixel * width + $1.pixel]) }
            })
        }
      }, shape: [rows, columns])
  }
}

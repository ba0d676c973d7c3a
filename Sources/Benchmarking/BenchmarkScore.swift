import AttributionKit
import Images
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
      truth = try coverage(height: attribution.height, width: attribution.width)
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

  /// The share of each cell of a grid over the input that is true.
  private func coverage(height: Int, width: Int) throws -> Tensor {
    let (rows, columns) = (truth.shape[0], truth.shape[1])
    let frame = try Preprocessing(resize: .exact).geometry(
      originalWidth: columns, originalHeight: rows, height: rows, width: columns)
    return Tensor(frame.coverage(of: truth.scalars, height: height, width: width), shape: [height, width])
  }
}

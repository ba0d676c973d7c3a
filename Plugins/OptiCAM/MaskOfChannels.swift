import AttributionKit
import Tensors

/// A weighted sum of channels as a mask of the image, and the way back from the image's gradient to the weights.
struct MaskOfChannels {
  private let a: Tensor
  private let grid: ImageGrid
  /// The stretching of columns, `[height, h]`, and of rows, `[width, w]`, as matrices.
  private let down: Tensor, across: Tensor

  init(_ activation: Tensor, over grid: ImageGrid) {
    (a, self.grid) = (activation, grid)
    let (h, w) = (activation.shape[1], activation.shape[2])
    // What stretching makes of each unit vector, one beside the other.
    down = Tensor.identity(h).resized(height: grid.height, width: h)
    across = Tensor.identity(w).resized(height: grid.width, width: w)
  }

  /// The derivative of `y(x ⊙ N(U(Σₖ wₖ Aₖ)))` by `w`: `[channels]`; `nil` where the mask is the same everywhere.
  func gradient(at w: Tensor, in session: ExplanationSession) throws -> Tensor? {
    let stretched = a.channelSum(weighedBy: w).resized(height: grid.height, width: grid.width)
    guard !stretched.isFlat else { return nil }
    let masked = grid.masked(session.input, by: stretched.scaledToUnit())
    let slope = try grid.planes(session.input * session.repeated(on: masked).inputGradient()).channelSum()
    return a.spatialSum(weighedBy: shrunk(slope.throughScaling(of: stretched)))
  }

  /// The transpose of stretching: `downᵀ · v · across`.
  private func shrunk(_ v: Tensor) -> Tensor {
    let (h, w) = (a.shape[1], a.shape[2])
    var rows = [Float](repeating: 0, count: h * grid.width)
    for y in 0..<grid.height {
      for i in 0..<h where down.scalars[y * h + i] != 0 {
        let factor = down.scalars[y * h + i]
        for x in 0..<grid.width { rows[i * grid.width + x] += factor * v.scalars[y * grid.width + x] }
      }
    }
    var result = Tensor(repeating: 0, shape: [h, w])
    for i in 0..<h {
      for x in 0..<grid.width {
        for j in 0..<w where across.scalars[x * w + j] != 0 {
          result[i * w + j] += across.scalars[x * w + j] * rows[i * grid.width + x]
        }
      }
    }
    return result
  }
}

extension Tensor {
  fileprivate static func identity(_ count: Int) -> Tensor {
    Tensor((0..<count * count).map { $0 / count == $0 % count ? 1 : 0 }, shape: [count, count])
  }

  /// A derivative by `N(m) = (m − min) / (max − min)`, taken back to `m`: the least and the greatest place move the scale.
  fileprivate func throughScaling(of map: Tensor) -> Tensor {
    let low = map.scalars.indices.min { map.scalars[$0] < map.scalars[$1] } ?? 0
    let high = map.scalars.indices.max { map.scalars[$0] < map.scalars[$1] } ?? 0
    let (least, range) = (map.scalars[low], map.scalars[high] - map.scalars[low])
    // ∂N/∂max = −N / range and ∂N/∂min = (N − 1) / range.
    var (toLow, toHigh) = (0.0, 0.0)
    for (slope, m) in zip(scalars, map.scalars) {
      let scaled = Double((m - least) / range)
      toLow += Double(slope) * (scaled - 1)
      toHigh -= Double(slope) * scaled
    }
    var result = 1 / range * self
    result[low] += Float(toLow) / range
    result[high] += Float(toHigh) / range
    return result
  }
}

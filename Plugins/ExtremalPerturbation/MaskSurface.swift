#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
import Tensors

/// A smooth mask made of few parameters: at each place the smooth maximum of bells around the parameters near it.
///
///     m(u) = smax_v k(u − v) p(v),   k(d) = exp(−2 max(0, d/σ − ½)²),   smax f = Σ f e^{20 f} / Σ e^{20 f}      (eq. 7)
///
/// Parameters are `step` pixels apart, a thirty-second of the shorter side, and σ is three steps; the mask is computed at
/// half steps and stretched bilinearly over the pixels, which at that smoothness is as good.
struct MaskSurface {
  /// How many parameters there are.
  let parameters: Int
  private let height: Int, width: Int
  /// The extents of the lattice at whose points the mask is computed.
  private let rows: Int, columns: Int
  /// For each point the parameters near it, with the height of their bells there.
  private let bells: [[(parameter: Int, height: Float)]]

  /// The temperature of the smooth maximum, turned over.
  private static let coldness: Float = 20

  /// A mask, with what its derivative needs.
  struct Mask {
    /// The mask on the picture, `[height, width]`.
    let pixels: Tensor
    /// On the lattice, `[rows, columns]`.
    let points: Tensor
    fileprivate let parameters: [Float]
  }

  init(height: Int, width: Int) {
    (self.height, self.width) = (height, width)
    let step = max(1, Float(min(height, width)) / 32)
    let (down, across) = (Int((Float(height) / step).rounded(.up)), Int((Float(width) / step).rounded(.up)))
    parameters = down * across
    (rows, columns) = (min(height, 2 * down), min(width, 2 * across))
    let (rows, columns) = (rows, columns)
    bells = (0..<rows * columns).map { point in
      // In steps: parameters lie in the middle of theirs.
      let y = (Float(point / columns) + 0.5) * Float(down) / Float(rows) - 0.5
      let x = (Float(point % columns) + 0.5) * Float(across) / Float(columns) - 0.5
      var near: [(parameter: Int, height: Float)] = []
      for v in max(0, Int(y) - 4)...min(down - 1, Int(y) + 4) {
        for u in max(0, Int(x) - 4)...min(across - 1, Int(x) + 4) {
          let distance = ((Float(v) - y) * (Float(v) - y) + (Float(u) - x) * (Float(u) - x)).squareRoot() / 3
          let beyond = max(0, distance - 0.5)
          near.append((v * across + u, exp(-2 * beyond * beyond)))
        }
      }
      return near
    }
  }

  func mask(of parameters: [Float]) -> Mask {
    var points = Tensor(repeating: 0, shape: [rows, columns])
    for point in bells.indices {
      var (sum, total): (Float, Float) = (0, 0)
      for (parameter, height) in bells[point] {
        let value = height * parameters[parameter], weight = exp(Self.coldness * value)
        sum += value * weight
        total += weight
      }
      points[point] = sum / total
    }
    return Mask(pixels: points.resized(height: height, width: width), points: points, parameters: parameters)
  }

  /// The derivative by the parameters, given those by the pixels and by the points of the lattice.
  func pulledBack(_ pixels: Tensor, _ points: Tensor, _ mask: Mask) -> [Float] {
    let slopes = gathered(pixels) + points
    var result = mask.parameters.map { _ in Float(0) }
    for point in bells.indices where slopes.scalars[point] != 0 {
      // ∂smax/∂fₖ = wₖ (1 + 20 (fₖ − smax)), w the softmax's weights.
      let maximum = mask.points.scalars[point]
      let total = bells[point].reduce(Float(0)) { $0 + exp(Self.coldness * $1.height * mask.parameters[$1.parameter]) }
      for (parameter, height) in bells[point] {
        let value = height * mask.parameters[parameter], weight = exp(Self.coldness * value) / total
        result[parameter] +=
          slopes.scalars[point] * weight * (1 + Self.coldness * (value - maximum)) * height
      }
    }
    return result
  }

  /// The transpose of stretching the lattice bilinearly over the pixels.
  private func gathered(_ pixels: Tensor) -> Tensor {
    let (vertical, horizontal) = (Self.neighbors(rows, height), Self.neighbors(columns, width))
    var result = Tensor(repeating: 0, shape: [rows, columns])
    for y in 0..<height {
      for x in 0..<width {
        let value = pixels.scalars[y * width + x], (row, column) = (vertical[y], horizontal[x])
        result[row.lower * columns + column.lower] += value * (1 - row.share) * (1 - column.share)
        result[row.lower * columns + column.upper] += value * (1 - row.share) * column.share
        result[row.upper * columns + column.lower] += value * row.share * (1 - column.share)
        result[row.upper * columns + column.upper] += value * row.share * column.share
      }
    }
    return result
  }

  /// Between which points of so many a pixel lies, and where.
  private static func neighbors(_ points: Int, _ pixels: Int) -> [(lower: Int, upper: Int, share: Float)] {
    (0..<pixels).map { pixel in
      let place = min(max((Float(pixel) + 0.5) * Float(points) / Float(pixels) - 0.5, 0), Float(points - 1))
      return (Int(place), min(Int(place) + 1, points - 1), place - place.rounded(.down))
    }
  }
}

import AttributionKit
import Tensors

/// A picture at several strengths of blur, between which a mask chooses at each pixel.
struct BlurPyramid {
  /// From the most blurred to the picture itself.
  private let levels: [Tensor]
  private let grid: ImageGrid

  /// Eight levels, the first blurred by an eleventh of the shorter side: 20 pixels of 224, as in TorchRay.
  init(of image: Tensor, on grid: ImageGrid, levels count: Int = 8) {
    self.grid = grid
    let planes = grid.planes(image), most = Float(min(grid.height, grid.width)) * 20 / 224
    levels = (0..<count).map { level in
      planes.blurred(deviation: most * (1 - Float(level) / Float(count - 1)))
    }
  }

  /// The picture, at each pixel as sharp as the mask `[height, width]` is near one.
  func picture(through mask: Tensor) -> Tensor {
    var result = levels[0]
    let area = grid.height * grid.width
    for p in 0..<area {
      let (level, share) = place(mask.scalars[p])
      for k in 0..<grid.channels {
        let i = k * area + p
        result[i] = (1 - share) * levels[level].scalars[i] + share * levels[level + 1].scalars[i]
      }
    }
    return grid.image(result)
  }

  /// The derivative by the mask of what has the derivative `gradient` by the picture through it.
  func slope(of gradient: Tensor, through mask: Tensor) -> Tensor {
    let planes = grid.planes(gradient), area = grid.height * grid.width
    var result = Tensor(repeating: 0, shape: mask.shape)
    for p in 0..<area {
      let (level, _) = place(mask.scalars[p])
      for k in 0..<grid.channels {
        let i = k * area + p
        result[p] += planes.scalars[i] * (levels[level + 1].scalars[i] - levels[level].scalars[i])
      }
      result[p] *= Float(levels.count - 1)
    }
    return result
  }

  private func place(_ mask: Float) -> (level: Int, share: Float) {
    let place = mask.isFinite ? mask * Float(levels.count - 1) : 0, level = min(max(Int(place), 0), levels.count - 2)
    return (level, place - Float(level))
  }
}

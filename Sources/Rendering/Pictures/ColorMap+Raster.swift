public import Images
public import Tensors

extension ColorMap {
  /// `map`, of shape `[height, width]`, in colour; what is not a number becomes `unseen`.
  ///
  /// A diverging map expects −1…1 with zero in its middle, any other 0…1. Values beyond are clamped.
  public func raster(of map: Tensor, unseen: (UInt8, UInt8, UInt8) = (238, 238, 238)) -> Raster {
    precondition(map.shape.count == 2, "a map is [height, width], not \(map.shape)")
    let count = map.scalars.count
    let rest = UInt32(unseen.0) << 16 | UInt32(unseen.1) << 8 | UInt32(unseen.2)
    let (scale, offset): (Float, Float) = isDiverging ? (0.5, 0.5) : (1, 0)
    let samples = [UInt8](unsafeUninitializedCapacity: 3 * count) { samples, initialized in
      map.scalars.withUnsafeBufferPointer { scalars in
        entries.withUnsafeBufferPointer { entries in
          for i in 0..<count {
            let value = scalars[i]
            let color = value.isNaN ? rest : entries[Self.index(of: value * scale + offset)]
            samples[3 * i] = UInt8(truncatingIfNeeded: color >> 16)
            samples[3 * i + 1] = UInt8(truncatingIfNeeded: color >> 8)
            samples[3 * i + 2] = UInt8(truncatingIfNeeded: color)
          }
        }
      }
      initialized = 3 * count
    }
    return Raster(width: map.shape[1], height: map.shape[0], samples: samples)
  }
}

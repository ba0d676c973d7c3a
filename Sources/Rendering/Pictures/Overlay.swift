public import Images
public import Tensors

/// A saliency map in colour over the photograph it explains.
public struct Overlay: Hashable, Sendable {
  /// What the map is colored with; a diverging one shows signs.
  public var colorMap: ColorMap
  /// How much of the colour covers the photograph: 0 shows the photograph alone, 1 the map alone.
  public var opacity: Float

  /// An overlay of these colors; an opacity beyond 0…1 counts as the nearer end.
  public init(colorMap: ColorMap = .viridis, opacity: Float = 0.5) {
    self.colorMap = colorMap
    self.opacity = min(max(opacity, 0), 1)
  }

  /// `opacity · colour + (1 − opacity) · photograph`, with the border that the network never saw paled.
  ///
  /// - Parameters:
  ///   - saliency: `[height, width]` of the photograph, 0…1 (−1…1 for a diverging colour map); NaN where the
  ///     network saw nothing.
  ///   - photograph: What the map lies over.
  /// - Returns: A picture of the photograph's extent.
  /// - Throws: ``RenderingError/extentMismatch(map:photograph:)``.
  public func raster(of saliency: Tensor, over photograph: Raster) throws -> Raster {
    guard saliency.shape == [photograph.height, photograph.width] else {
      throw RenderingError.extentMismatch(map: saliency.shape, photograph: [photograph.height, photograph.width])
    }
    var picture = blend(colorMap.raster(of: saliency), over: photograph)
    UnseenBorder(of: saliency)?.mark(in: &picture, photograph: photograph)
    return picture
  }

  /// A map brought onto the photograph by its ``ImageGeometry``, in colour over it.
  ///
  /// - Parameters:
  ///   - map: 0…1 (−1…1 for a diverging colour map).
  ///   - photograph: Of the map's extent: the photograph, or a copy reduced to it.
  /// - Returns: A picture of the photograph's extent.
  /// - Throws: ``RenderingError/extentMismatch(map:photograph:)``.
  public func raster(of map: ProjectedMap, over photograph: Raster) throws -> Raster {
    guard [map.height, map.width] == [photograph.height, photograph.width] else {
      throw RenderingError.extentMismatch(
        map: [map.height, map.width], photograph: [photograph.height, photograph.width])
    }
    // What lies beyond is drawn over.
    var picture = blend(
      colorMap.raster(of: Tensor(map.values, shape: [map.height, map.width])), over: photograph)
    UnseenBorder(width: map.width, height: map.height, seenColumns: map.seenColumns, seenRows: map.seenRows)?
      .mark(in: &picture, photograph: photograph)
    return picture
  }

  private func blend(_ colors: Raster, over photograph: Raster) -> Raster {
    // Fixed point, so that every machine rounds alike.
    let (ours, theirs) = (UInt32((opacity * 256).rounded()), UInt32(256 - (opacity * 256).rounded()))
    var picture = colors
    picture.samples.withUnsafeMutableBufferPointer { samples in
      photograph.samples.withUnsafeBufferPointer { beneath in
        for i in samples.indices {
          samples[i] = UInt8(
            truncatingIfNeeded: (UInt32(samples[i]) &* ours &+ UInt32(beneath[i]) &* theirs &+ 128) >> 8)
        }
      }
    }
    return picture
  }
}

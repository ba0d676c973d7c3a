public import Tensors

/// The attribution as one number for each pixel of the input.
///
/// A map is stretched bilinearly from its layer's grid; the channels of pixels are summed.
extension Explanation {
  /// The order in which pixels matter, `[height, width]`, not to be added up: the signed values of a map; of pixels, whose
  /// signs alternate from one to the next, their size `Σₖ |xₖ|`.
  ///
  /// - Throws: ``AttributionError/notAnImage(_:)``, and ``AttributionError/wrongShape(_:for:)`` where the attribution is
  ///   on no grid of the image.
  public func importance() throws -> Tensor {
    attribution.isMap ? try onPixels(attribution.values) : try evidence()
  }

  /// How much speaks for the score, `[height, width]`: what ``Display/evidence`` draws, before it is scaled.
  ///
  /// It is `max(0, x)` of a map, and of pixels their size `Σₖ |xₖ|`: never negative.
  ///
  /// - Throws: As ``importance()`` does.
  public func evidence() throws -> Tensor {
    try onPixels(
      attribution.isMap ? attribution.values.rectified() : attribution.planes.magnitudes().channelSum())
  }

  /// What speaks for the score and what against it, `[height, width]`: the values of a map, or the sums `Σₖ xₖ` of pixels.
  ///
  /// - Throws: As ``importance()`` does.
  public func balance() throws -> Tensor {
    try onPixels(attribution.isMap ? attribution.values : attribution.planes.channelSum())
  }

  private func onPixels(_ map: Tensor) throws -> Tensor {
    let grid = try session.grid
    guard map.shape.count == 2, !map.shape.contains(0) else {
      throw AttributionError.wrongShape(map.shape, for: session.inputLayer)
    }
    return map.resized(height: grid.height, width: grid.width)
  }
}

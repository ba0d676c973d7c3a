import AttributionKit
import Explaining
import Images
import Rendering
import Tensors

/// Attributions laid over the photograph they explain.
struct Painter: Sendable {
  /// The photograph at the size it is shown.
  let photograph: Raster
  private let geometry: ImageGeometry
  private let style: DrawingStyle
  /// `nil` where a picture is painted on.
  private let volume: VolumePainter?

  /// The picture of `subject`; `side` bounds its longer side from above, and tiny ones are enlarged to be seen at all.
  init(on subject: Subject, style: DrawingStyle, side: Int? = nil) {
    photograph = side.map { subject.photograph.reduced(toFit: $0).enlarged(toReach: 256) } ?? subject.photograph
    geometry = subject.geometry
    self.style = style
    volume = VolumePainter(on: subject, style: style)
  }

  /// Paints on the picture that a network was shown.
  init(on picture: AnsweredPicture, style: DrawingStyle, side: Int? = nil) {
    self.init(on: picture.subject, style: style, side: side)
  }

  /// The photograph with all but the places of these weights, `[height, width]`, in the dark.
  func lit(_ weights: Tensor) -> Raster {
    if volume != nil { return photograph }
    let most = max(weights.scalars.max() ?? 1, .leastNormalMagnitude)
    let light = geometry.project(
      weights.scalars.map { $0 / most }, height: weights.shape[0], width: weights.shape[1],
      onto: (photograph.width, photograph.height))
    var picture = photograph
    for (pixel, value) in light.values.enumerated() {
      let factor = 0.3 + 0.7 * value
      for sample in 3 * pixel..<3 * pixel + 3 {
        picture.samples[sample] = UInt8(Float(picture.samples[sample]) * factor)
      }
    }
    return picture
  }

  /// An attribution in colour, and what the colours mean in numbers.
  struct Drawn {
    let raster: Raster
    let bar: ComparisonSheet.ColorBar?
    /// Which planes of a volume are shown; `nil` of pictures.
    var planes: String?
  }

  /// An attribution as the user wants it drawn: maps in the overlay's colors, pixels in their own.
  func drawn(_ attribution: Attribution) throws -> Drawn {
    if let volume, let drawn = try volume.drawn(attribution) { return drawn }
    return try attribution.isMap ? map(attribution) : pixels(attribution)
  }

  /// A map stretched over the part of the photograph that the network saw.
  private func map(_ attribution: Attribution) throws -> Drawn {
    let overlay = style.overlay
    let saliency = attribution.saliencyMap(overlay.colorMap.isDiverging ? .signed : .evidence)
    let projected = geometry.project(
      saliency.values.scalars, height: saliency.height, width: saliency.width,
      onto: (photograph.width, photograph.height))
    return Drawn(
      raster: try overlay.raster(of: projected, over: photograph), bar: .init(for: saliency, in: overlay.colorMap))
  }

  /// A stack of pixel channels as a picture of its own, at the place that the network saw.
  private func pixels(_ attribution: Attribution) -> Drawn {
    let saliency = attribution.saliencyMap(style.pixelDisplay)
    return Drawn(raster: saliency.raster().placed(by: geometry, on: photograph), bar: .init(for: saliency))
  }
}

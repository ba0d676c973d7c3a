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

  /// The picture of `subject`; `side` bounds its longer side from above, and tiny ones are enlarged to be seen at all.
  init(on subject: Subject, style: DrawingStyle, side: Int? = nil) {
    photograph =
      side.map { subject.photograph.reduced(toFit: $0).enlarged(toReach: min($0, 256)) } ?? subject.photograph
    geometry = subject.geometry
    self.style = style
  }

  /// Paints on the picture that a network was shown.
  init(on picture: AnsweredPicture, style: DrawingStyle, side: Int? = nil) {
    self.init(on: picture.subject, style: style, side: side)
  }

  /// The photograph with all but the places of these weights, `[height, width]`, in the dark.
  func lit(_ weights: Tensor) -> Raster {
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
  }

  /// An attribution as the user wants it drawn: maps in the overlay's colors, pixels in their own.
  ///
  /// Full intensity stands for `strength`; without it, for what is strongest in the attribution itself.
  func drawn(_ attribution: Attribution, inUnitsOf strength: Float? = nil) throws -> Drawn {
    try attribution.isMap ? map(attribution, strength) : pixels(attribution, strength)
  }

  /// What full intensity stands for where an attribution is drawn by itself; `nil` of a texture.
  func strength(of attribution: Attribution) -> Float? { saliency(attribution).fullScale }

  private func saliency(_ attribution: Attribution, _ strength: Float? = nil) -> SaliencyMap {
    let isMap = attribution.isMap
    let own = attribution.saliencyMap(
      isMap ? style.overlay.colorMap.isDiverging ? .signed : .evidence : style.pixelDisplay)
    guard let strength, let full = own.fullScale, strength > 0 else { return own }
    let factor = full / strength
    return SaliencyMap(own.values.map { $0 * factor }, showing: own.display, fullScale: strength)
  }

  /// A map stretched over the part of the photograph that the network saw.
  private func map(_ attribution: Attribution, _ strength: Float?) throws -> Drawn {
    let overlay = style.overlay
    let saliency = saliency(attribution, strength)
    let projected = geometry.project(
      saliency.values.scalars, height: saliency.height, width: saliency.width,
      onto: (photograph.width, photograph.height))
    return Drawn(
      raster: try overlay.raster(of: projected, over: photograph), bar: .init(for: saliency, in: overlay.colorMap))
  }

  /// A stack of pixel channels as a picture of its own, at the place that the network saw.
  private func pixels(_ attribution: Attribution, _ strength: Float?) -> Drawn {
    let saliency = saliency(attribution, strength)
    return Drawn(raster: saliency.raster().placed(by: geometry, on: photograph), bar: .init(for: saliency))
  }
}

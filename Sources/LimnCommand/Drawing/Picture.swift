import AttributionKit
import Images
import Rendering
import Tensors

/// Attributions laid over the photograph they explain.
struct Picture: Sendable {
  /// The photograph at the size it is shown.
  let photograph: Raster
  private let geometry: ImageGeometry
  private let layout: Preprocessing.Layout
  private let style: RenderingOptions

  /// The picture of `subject`; `side` bounds its longer side from above, and tiny ones are enlarged to be seen at all.
  init(of subject: Subject, layout: Preprocessing.Layout, style: RenderingOptions, side: Int? = nil) {
    photograph = side.map { subject.photograph.reduced(toFit: $0).enlarged(toReach: 256) } ?? subject.photograph
    geometry = subject.geometry
    self.layout = layout
    self.style = style
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

  func drawn(_ attribution: Attribution) throws -> Drawn {
    try attribution.isMap ? map(attribution) : pixels(attribution)
  }

  /// A map stretched over the part of the photograph that the network saw.
  private func map(_ attribution: Attribution) throws -> Drawn {
    let overlay = style.overlay
    let range = attribution.range
    let (values, ends): (Tensor, ClosedRange<Double>)
    if overlay.colorMap.isDiverging {
      // A signed map has zero evidence in its middle, which a diverging overlay calls 0.
      values = attribution.signedSaliencyMap().intensities.map { 2 * $0 - 1 }
      let most = Double(max(abs(range.lowerBound), abs(range.upperBound)))
      ends = -most...most
    } else {
      values = attribution.saliencyMap().intensities
      ends = 0...Double(max(range.upperBound, 0))
    }
    let projected = geometry.project(
      values.scalars, height: attribution.height, width: attribution.width,
      onto: (photograph.width, photograph.height))
    return Drawn(
      raster: try overlay.raster(of: projected, over: photograph),
      bar: .init(overlay.colorMap, range: ends))
  }

  /// A stack of pixel channels as a picture of its own, at the place that the network saw.
  private func pixels(_ attribution: Attribution) -> Drawn {
    let values = layout == .nchw ? attribution.values : attribution.values.channelsFirst
    let display = style.pixelDisplay
    let (picture, extent) = display.raster(of: values)
    let colorMap: ColorMap? =
      switch display {
      case .grey: .grey
      case .signed: .diverging
      case .color: nil
      }
    let bar = extent.flatMap { extent in
      colorMap.map { ComparisonSheet.ColorBar($0, range: ($0.isDiverging ? -Double(extent) : 0)...Double(extent)) }
    }
    return Drawn(raster: picture.placed(by: geometry, on: photograph), bar: bar)
  }
}

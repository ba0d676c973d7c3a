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
  /// The box that is explained, in pixels of ``photograph``.
  private var box: Rectangle?
  /// Its corners where it is turned.
  private var corners: [(x: Double, y: Double)]?
  /// The longer side of what is shown, at most.
  private let side: Int?

  /// Whether pixels are drawn as the pattern they make.
  var showsTexture: Bool { style.pixelDisplay == .texture }
  /// `nil` where a picture is painted on.
  private let volume: VolumePainter?

  /// The picture of `subject`; `side` bounds its longer side from above, and tiny ones are enlarged to be seen at all.
  init(on subject: Subject, style: DrawingStyle, side: Int? = nil) {
    // Of a part, more pixels are needed.
    self.side = side
    photograph =
      style.focusesOnBox
      ? subject.photograph.enlarged(toReach: 256)
      : side.map { subject.photograph.reduced(toFit: $0).enlarged(toReach: min($0, 256)) } ?? subject.photograph
    geometry = subject.geometry
    self.style = style
    volume = VolumePainter(on: subject, style: style)
  }

  /// Paints on the picture that a network was shown.
  init(on picture: AnsweredPicture, style: DrawingStyle, side: Int? = nil) {
    self.init(on: picture.subject, style: style, side: side)
  }

  /// The same with the box of a target, where it has one, around what is explained; `extent` is the width and height that
  /// the box is counted in.
  func around(_ box: NamedTarget.FoundBox?, extent: (width: Int, height: Int)) -> Painter {
    var painter = self
    let (x, y) = (Double(photograph.width) / Double(extent.width), Double(photograph.height) / Double(extent.height))
    painter.box = box?.place.map {
      Rectangle(left: $0.left * x, top: $0.top * y, right: $0.right * x, bottom: $0.bottom * y)
    }
    painter.corners = box?.parts.turned?.corners.map { ($0[0] * x, $0[1] * y) }
    return painter
  }

  /// A map's evidence, from 0 to 1, over the photograph.
  func evidence(of attribution: Attribution) -> ProjectedMap {
    let map = attribution.saliencyMap(.evidence)
    return geometry.project(
      map.values.scalars, height: map.height, width: map.width, onto: (photograph.width, photograph.height))
  }

  /// A picture of an attribution with its parts marked, or cut to the strongest of them, where that is wanted.
  private func finished(_ picture: Raster, of attribution: Attribution) -> Raster {
    guard style.regionsAbove != nil || style.cropsToRegion else { return finished(picture) }
    let regions = evidence(of: attribution).regions(above: style.regionsAbove ?? DrawingStyle.usualShare)
    var picture = finished(picture)
    guard picture.width == photograph.width, picture.height == photograph.height else { return picture }
    if style.regionsAbove != nil { for region in regions.prefix(20) { picture.outline(region.box) } }
    guard style.cropsToRegion, let first = regions.first else { return picture }
    return picture.cropped(to: first.box).enlarged(toReach: 256)
  }

  /// A picture of the photograph's extent with the box drawn, cut to its surroundings where that is wanted.
  func finished(_ picture: Raster) -> Raster {
    guard let box else { return picture }
    var picture = picture
    guard style.focusesOnBox else {
      outline(box, on: &picture)
      return picture
    }
    // A quarter of the box on each side.
    let (x, y) = (max(box.width / 4, 8), max(box.height / 4, 8))
    let part = Rectangle(left: box.left - x, top: box.top - y, right: box.right + x, bottom: box.bottom + y)
    var shown = picture.cropped(to: part)
    let factor = max(1, (256 + max(shown.width, shown.height) - 1) / max(shown.width, shown.height))
    shown = shown.enlarged(toReach: 256)
    let (left, top) = (max(0, part.left.rounded(.down)), max(0, part.top.rounded(.down)))
    outline(box, on: &shown, from: (left, top), enlarged: Double(factor))
    return side.map { shown.reduced(toFit: $0) } ?? shown
  }

  /// Draws the box as it is turned on a part of the photograph that begins at `origin`.
  private func outline(
    _ box: Rectangle, on picture: inout Raster, from origin: (x: Double, y: Double) = (0, 0),
    enlarged factor: Double = 1
  ) {
    if let corners {
      picture.outline(corners.map { (($0.x - origin.x) * factor, ($0.y - origin.y) * factor) })
    } else {
      picture.outline(
        Rectangle(
          left: (box.left - origin.x) * factor, top: (box.top - origin.y) * factor,
          right: (box.right - origin.x) * factor, bottom: (box.bottom - origin.y) * factor))
    }
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
  ///
  /// Full intensity stands for `strength`; without it, for what is strongest in the attribution itself.
  func drawn(_ attribution: Attribution, inUnitsOf strength: Float? = nil) throws -> Drawn {
    if let volume, let drawn = try volume.drawn(attribution) { return drawn }
    return try attribution.isMap ? map(attribution, strength) : pixels(attribution, strength)
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
      raster: finished(try overlay.raster(of: projected, over: photograph), of: attribution),
      bar: .init(for: saliency, in: overlay.colorMap))
  }

  /// A stack of pixel channels as a picture of its own, at the place that the network saw.
  private func pixels(_ attribution: Attribution, _ strength: Float?) -> Drawn {
    let saliency = saliency(attribution, strength)
    return Drawn(
      raster: finished(saliency.raster().placed(by: geometry, on: photograph), of: attribution),
      bar: .init(for: saliency))
  }
}

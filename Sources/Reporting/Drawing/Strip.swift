import AttributionKit
package import Explaining
package import Images
import Rendering

extension Explained {
  /// The photograph and what each method made of it, side by side on white, for lists of many pictures.
  ///
  /// - Parameters:
  ///   - side: the longer side of each, in pixels.
  ///   - style: how attributions are drawn.
  /// - Returns: Tiles of `side` by `side` pixels, the photograph's first; a method without an attribution has a grey one.
  /// - Throws: `RenderingError`.
  package func strip(height side: Int, style: DrawingStyle) throws -> Raster {
    let painter = Painter(on: inquiry.picture, style: style, side: side), gap = 4
    var strip = Raster(width: (side + gap) * (entries.count + 1) - gap, height: side)
    strip.paste(painter.photograph.reduced(toFit: side), centeredIn: (0, side))
    for (index, entry) in entries.enumerated() {
      let tile = try (try? entry.outcome.get()).map { try painter.drawn($0).raster.reduced(toFit: side) }
      strip.paste(
        tile ?? Raster(width: side, height: side, fill: (225, 225, 225)),
        centeredIn: ((index + 1) * (side + gap), side))
    }
    return strip
  }
}

extension Raster {
  /// Lays a picture into the middle of a square.
  fileprivate mutating func paste(_ tile: Raster, centeredIn square: (left: Int, side: Int)) {
    let left = square.left + (square.side - tile.width) / 2, top = (square.side - tile.height) / 2
    for y in 0..<tile.height {
      let from = 3 * y * tile.width, to = 3 * ((top + y) * width + left)
      samples.replaceSubrange(to..<to + 3 * tile.width, with: tile.samples[from..<from + 3 * tile.width])
    }
  }
}

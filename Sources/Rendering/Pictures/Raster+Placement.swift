public import Images
import Tensors

extension Raster {
  /// This picture at `frame` on the canvas of `photograph`, which shows pale around it as in an overlay.
  ///
  /// - Parameters:
  ///   - frame: In pixels of the photograph; may reach beyond it, as with a letterbox.
  ///   - photograph: The canvas.
  /// - Returns: A picture of the photograph's extent.
  public func placed(at frame: PixelFrame, on photograph: Raster) -> Raster {
    var canvas = photograph
    var seen = [Float](repeating: .nan, count: photograph.width * photograph.height)
    let (columns, rows) = (frame.columns(within: photograph.width), frame.rows(within: photograph.height))
    for y in rows {
      let fromY = min(max(Int((Double(y) + 0.5 - frame.y) / frame.height * Double(height)), 0), height - 1)
      for x in columns {
        let fromX = min(max(Int((Double(x) + 0.5 - frame.x) / frame.width * Double(width)), 0), width - 1)
        canvas[x, y] = self[fromX, fromY]
        seen[y * photograph.width + x] = 1
      }
    }
    UnseenBorder(of: .init(seen, shape: [photograph.height, photograph.width]))?
      .mark(in: &canvas, photograph: photograph)
    return canvas
  }
}

/// A rectangle in pixels of a photograph, edges at fractions of a pixel allowed.
public struct PixelFrame: Hashable, Sendable {
  public var x: Double, y: Double, width: Double, height: Double

  public init(x: Double, y: Double, width: Double, height: Double) {
    precondition(width > 0 && height > 0, "a frame has an area")
    (self.x, self.y, self.width, self.height) = (x, y, width, height)
  }

  func columns(within limit: Int) -> Range<Int> { Self.pixels(from: x, length: width, limit: limit) }
  func rows(within limit: Int) -> Range<Int> { Self.pixels(from: y, length: height, limit: limit) }

  /// The pixels whose centres lie inside.
  private static func pixels(from start: Double, length: Double, limit: Int) -> Range<Int> {
    let lower = max(0, (start - 0.5).rounded(.up)), upper = min(Double(limit), (start + length - 0.5).rounded(.up))
    return lower < upper ? Int(lower)..<Int(upper) : 0..<0
  }
}

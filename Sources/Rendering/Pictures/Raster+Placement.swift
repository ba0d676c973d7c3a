public import Images
import Tensors

extension Raster {
  /// This picture, on the grid of the network's input, where its pixels come from on the photograph.
  ///
  /// - Parameters:
  ///   - geometry: How the photograph became the input.
  ///   - photograph: The canvas: the photograph, or a reduced copy of it.
  /// - Returns: A picture of the canvas's extent, with what the network never saw as pale as in an ``Overlay``.
  public func placed(by geometry: ImageGeometry, on photograph: Raster) -> Raster {
    let first = geometry.original(inputX: 0, y: 0)
    let last = geometry.original(inputX: Double(geometry.inputWidth), y: Double(geometry.inputHeight))
    let (across, down) = (
      Double(photograph.width) / Double(geometry.originalWidth),
      Double(photograph.height) / Double(geometry.originalHeight)
    )
    return placed(
      at: Rectangle(left: first.x * across, top: first.y * down, right: last.x * across, bottom: last.y * down),
      on: photograph)
  }

  /// This picture over a part of the photograph; its own pixels stay visible as such.
  ///
  /// - Parameters:
  ///   - frame: In pixels of the photograph; it may reach beyond, as with a letterbox.
  ///   - photograph: The canvas.
  /// - Returns: A picture of the canvas's extent, with all that lies outside of the frame pale.
  public func placed(at frame: Rectangle, on photograph: Raster) -> Raster {
    precondition(frame.width > 0 && frame.height > 0, "a frame has an area")
    // On a photograph smaller than the network's input, pixels are averaged rather than skipped.
    let (columns, rows) = (max(1, Int(frame.width.rounded())), max(1, Int(frame.height.rounded())))
    if columns < width || rows < height {
      return reduced(width: min(columns, width), height: min(rows, height)).placed(at: frame, on: photograph)
    }
    var canvas = photograph
    let seenRows = Self.pixels(from: frame.top, to: frame.bottom, limit: photograph.height)
    let seenColumns = Self.pixels(from: frame.left, to: frame.right, limit: photograph.width)
    let sources = seenColumns.map { x in
      min(Int((Double(x) + 0.5 - frame.left) / frame.width * Double(width)), width - 1)
    }
    canvas.samples.withUnsafeMutableBufferPointer { canvas in
      samples.withUnsafeBufferPointer { samples in
        for y in seenRows {
          let fromY = min(Int((Double(y) + 0.5 - frame.top) / frame.height * Double(height)), height - 1)
          var target = 3 * (y * photograph.width + seenColumns.lowerBound)
          for fromX in sources {
            let source = 3 * (fromY * width + fromX)
            for channel in 0..<3 { canvas[target + channel] = samples[source + channel] }
            target += 3
          }
        }
      }
    }
    UnseenBorder(
      width: photograph.width, height: photograph.height, seenColumns: seenColumns, seenRows: seenRows)?
      .mark(in: &canvas, photograph: photograph)
    return canvas
  }

  /// The pixels whose centres lie inside.
  private static func pixels(from start: Double, to end: Double, limit: Int) -> Range<Int> {
    let lower = max(0, (start - 0.5).rounded(.up)), upper = min(Double(limit), (end - 0.5).rounded(.up))
    return lower < upper ? Int(lower)..<Int(upper) : 0..<0
  }
}

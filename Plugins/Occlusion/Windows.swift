import AttributionKit
import Tensors

/// A length in pixels, or one that suits the image.
public enum PixelCount: Hashable, Sendable, LosslessStringConvertible {
  /// For a window a seventh of the image's shorter side, for a stride half the window.
  case automatic
  case pixels(Int)

  public init?(_ description: String) {
    if description == "automatic" {
      self = .automatic
    } else if let count = Int(description), count > 0 {
      self = .pixels(count)
    } else {
      return nil
    }
  }

  public var description: String {
    switch self {
    case .automatic: "automatic"
    case .pixels(let count): "\(count)"
    }
  }

  /// The values as a parameter's description lists them.
  public static let expected = "automatic, or a whole number of pixels from 1"

  /// - Throws: ``AttributionError/unusableParameter(_:value:method:expected:)`` for less than one pixel.
  func resolved(_ name: String, automatic: Int) throws -> Int {
    guard case .pixels(let count) = self else { return max(1, automatic) }
    guard count > 0 else {
      throw AttributionError.unusableParameter(name, value: "\(count)", method: "occlusion", expected: Self.expected)
    }
    return count
  }
}

extension Occlusion {
  /// Every window in row-major order; the last of a row or column is cut off at the image's border.
  func windows(over grid: ImageGrid) throws -> [ImageGrid.Window] {
    // Beyond the image, every length is as long.
    let longest = max(grid.height, grid.width)
    let side = min(try window.resolved("window", automatic: (min(grid.height, grid.width) + 6) / 7), longest)
    let step = min(try stride.resolved("stride", automatic: side / 2), longest)
    func spans(_ extent: Int) -> [Range<Int>] {
      let count = extent > side ? (extent - side + step - 1) / step + 1 : 1
      return (0..<count).map { $0 * step }.filter { $0 < extent }.map { $0..<min($0 + side, extent) }
    }
    let columns = spans(grid.width)
    return spans(grid.height).flatMap { rows in columns.map { ImageGrid.Window(rows: rows, columns: $0) } }
  }
}

/// At each pixel, the mean of the values of the windows that cover it.
struct WindowMean {
  private var sums: Tensor
  private var counts: Tensor
  private let width: Int

  init(height: Int, width: Int) {
    sums = Tensor(repeating: 0, shape: [height, width])
    counts = sums
    self.width = width
  }

  mutating func add(_ value: Float, over window: ImageGrid.Window) {
    for y in window.rows {
      for p in y * width + window.columns.lowerBound..<y * width + window.columns.upperBound {
        sums[p] += value
        counts[p] += 1
      }
    }
  }

  /// `[height, width]`; zero where no window lies, as between windows smaller than the stride.
  var map: Tensor { sums / counts.map { max($0, 1) } }
}

/// Why a picture could not be made.
public enum RenderingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A map and the photograph it belongs to differ in extent.
  case extentMismatch(map: [Int], photograph: [Int])
  /// A figure is larger than its format can hold; extents in pixels or points.
  case tooLarge(width: Int, height: Int, limit: Int, format: FigureFormat)
  /// A comparison sheet without a single panel.
  case nothingToShow
  /// A figure cannot be drawn at this many pixels per unit.
  case unusableScale(Double)
  /// The drawing library failed, with its own words.
  case drawing(String)

  /// One clause, with what to do about it.
  public var description: String {
    switch self {
    case .extentMismatch(let map, let photograph):
      "a map of \(Self.extent(map)) does not cover a photograph of \(Self.extent(photograph)); "
        + "resize the map to the photograph first"
    case .tooLarge(let width, let height, let limit, let format):
      "the figure would measure \(width) × \(height), but \(format.name) holds at most \(limit) a side; "
        + "show fewer images, targets or methods at a time"
    case .unusableScale(let scale):
      "a figure cannot be drawn at a scale of \(scale); give a number above 0, as 1 or 2"
    case .nothingToShow:
      "there is nothing to show: a sheet needs at least one row with one panel"
    case .drawing(let reason):
      "the figure could not be drawn: \(reason)"
    }
  }

  private static func extent(_ sides: [Int]) -> String { sides.map(String.init).joined(separator: " × ") }
}

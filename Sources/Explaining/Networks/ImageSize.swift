/// A height and a width in pixels, written `240x320` with the height first, or `224` for a square.
public struct ImageSize: Hashable, Sendable {
  /// In pixels.
  public let height: Int
  /// In pixels.
  public let width: Int

  /// An image of `height` × `width` pixels.
  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }
}

extension ImageSize: LosslessStringConvertible {
  /// The size that a text spells, each side from 1 to 16384 pixels.
  public init?(_ text: String) {
    let sides = text.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(sides.count), let height = sides[0], let width = sides[sides.count - 1],
      (1...16384).contains(height), (1...16384).contains(width)
    else { return nil }
    self.init(height: height, width: width)
  }

  /// `240x320`.
  public var description: String { "\(height)x\(width)" }
}

extension ImageSize: Codable {
  /// Reads the text.
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let size = ImageSize(text) else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: decoder.codingPath, debugDescription: "is \"\(text)\"; write \"224\", or \"240x320\""))
    }
    self = size
  }

  /// Writes the text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

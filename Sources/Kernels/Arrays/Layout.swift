import COneDNN

/// How an array's scalars lie in memory: row-major, or in the blocks that a kernel prefers.
public struct Layout: Hashable, Sendable {
  /// The logical extents, outermost first.
  public let shape: [Int]
  /// The number of floats in memory, the padding of blocks included.
  public let storageCount: Int
  /// `nil` where the array is plain.
  private let blocked: Descriptor?

  /// Dense and row-major.
  public static func plain(_ shape: [Int]) -> Layout { Layout(plain: shape) }

  private init(plain shape: [Int]) {
    self.shape = shape
    storageCount = shape.reduce(1, *)
    blocked = nil
  }

  init(_ shape: [Int], _ descriptor: Descriptor) {
    self.shape = shape
    let isPlain = limn_descriptor_is_row_major(descriptor.pointer)
    blocked = isPlain ? nil : descriptor
    storageCount = isPlain ? shape.reduce(1, *) : (limn_descriptor_bytes(descriptor.pointer) + 3) / 4
  }

  public var isPlain: Bool { blocked == nil }

  /// Whether memory holds more than the array's own scalars, as where channels are rounded up to whole blocks.
  public var hasPadding: Bool { blocked.map { limn_descriptor_has_padding($0.pointer) } ?? false }

  /// The number of neighbouring channels that lie side by side, in `[images][blocks][positions][width]`: 1 where plain,
  /// `nil` where the array lies otherwise.
  public var channelWidth: Int? {
    guard let blocked else { return shape.count >= 2 ? 1 : nil }
    let width = Int(limn_descriptor_channel_width(blocked.pointer))
    return width > 0 ? width : nil
  }

  /// Blocks of 8 or 16 neighbouring channels, or, with as many as there are, channels innermost.
  ///
  /// - Parameters:
  ///   - shape: `[N, C, …]` with one to three spatial axes.
  ///   - width: the number of channels that lie side by side; the last block is padded with zeros.
  /// - Returns: The layout.
  /// - Throws: Where oneDNN has no such layout.
  public static func blocked(_ shape: [Int], width: Int) throws -> Layout {
    Layout(shape, try Descriptor.blocked(shape, width: width))
  }

  /// The layout of the same kind for another shape, where there is one.
  func sibling(_ shape: [Int]) throws -> Layout? {
    if isPlain { return .plain(shape) }
    guard let width = channelWidth, shape.count >= 3 else { return nil }
    let isChannelsLast = width == self.shape[1] && width != 8 && width != 16
    return try? .blocked(shape, width: isChannelsLast ? shape[1] : width)
  }

  func descriptor() throws -> Descriptor { try blocked ?? .plain(shape) }

  public static func == (a: Layout, b: Layout) -> Bool { a.blocked == b.blocked && a.shape == b.shape }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(shape)
    hasher.combine(blocked)
  }
}

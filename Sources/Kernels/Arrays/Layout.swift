import COneDNN

/// How an array's scalars lie in memory: row-major, or in the blocks that a kernel prefers.
public struct Layout: Hashable, Sendable {
  /// The logical extents, outermost first.
  public let shape: [Int]
  /// What the scalars are held in.
  public let precision: Precision
  /// The number of scalars in memory, the padding of blocks included.
  public let storageCount: Int
  /// `nil` where the array is dense and row-major.
  private let blocked: Descriptor?

  /// Dense, row-major and of float32.
  public static func plain(_ shape: [Int]) -> Layout { Layout(rowMajor: shape, .float32) }

  /// Dense and row-major.
  static func rowMajor(_ shape: [Int], _ precision: Precision) -> Layout { Layout(rowMajor: shape, precision) }

  private init(rowMajor shape: [Int], _ precision: Precision) {
    self.shape = shape
    self.precision = precision
    storageCount = shape.reduce(1, *)
    blocked = nil
  }

  init(_ shape: [Int], _ descriptor: Descriptor) {
    self.shape = shape
    precision = Precision(limn_descriptor_scalar(descriptor.pointer))
    let isRowMajor = limn_descriptor_is_row_major(descriptor.pointer)
    blocked = isRowMajor ? nil : descriptor
    let bytes = Int(limn_descriptor_bytes(descriptor.pointer))
    storageCount = isRowMajor ? shape.reduce(1, *) : (bytes + precision.bytes - 1) / precision.bytes
  }

  /// Whether the array is dense, row-major and of float32: what kernels written in Swift read and write.
  public var isPlain: Bool { isRowMajor && precision == .float32 }

  /// Whether the array is dense and row-major.
  var isRowMajor: Bool { blocked == nil }

  /// Whether memory holds more than the array's own scalars, as where channels are rounded up to whole blocks.
  public var hasPadding: Bool { blocked.map { limn_descriptor_has_padding($0.pointer) } ?? false }

  /// The number of neighbouring channels that lie side by side, in `[images][blocks][positions][width]`: 1 where
  /// row-major, `nil` where the array lies otherwise.
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
  ///   - precision: of the scalars.
  /// - Returns: The layout.
  /// - Throws: Where oneDNN has no such layout.
  public static func blocked(_ shape: [Int], width: Int, _ precision: Precision = .float32) throws -> Layout {
    Layout(shape, try Descriptor.blocked(shape, width: width, precision))
  }

  /// The layout of the same kind for another shape, or in another precision, where there is one.
  func sibling(_ shape: [Int], _ precision: Precision? = nil) -> Layout? {
    let precision = precision ?? self.precision
    guard blocked != nil else { return .rowMajor(shape, precision) }
    guard let width = channelWidth, shape.count >= 3 else { return nil }
    let isChannelsLast = width == self.shape[1] && width != 8 && width != 16
    return try? .blocked(shape, width: isChannelsLast ? shape[1] : width, precision)
  }

  func descriptor() throws -> Descriptor { try blocked ?? .plain(shape, precision) }

  /// All scalars in a row, padding included: for kernels that treat them all alike.
  var flat: Layout { .rowMajor([storageCount], precision) }

  /// The memory that an array takes.
  var byteCount: Int { storageCount * precision.bytes }

  /// Whether arrays of both lie alike, scalar by scalar.
  public static func == (a: Layout, b: Layout) -> Bool {
    a.blocked == b.blocked && a.shape == b.shape && a.precision == b.precision
  }

  /// Feeds what equality compares.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(shape)
    hasher.combine(precision)
    hasher.combine(blocked)
  }
}

extension Storage {
  /// Uninitialised memory for an array of this layout.
  convenience init(for layout: Layout) { self.init(count: (layout.byteCount + 3) / 4) }

  /// The memory as bfloat16 numbers, which Swift has no type for.
  var bfloat16: UnsafeMutablePointer<UInt16> {
    UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: UInt16.self)
  }
}

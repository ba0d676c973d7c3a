/// A photograph in memory: 8-bit sRGB, upright, opaque.
///
/// Samples are row-major, top row first, three interleaved samples (red, green, blue) per pixel. Where its file holds more
/// than eight bits of each, or more channels, ``bands`` has them all: networks are given those.
public struct Raster: Hashable, Sendable {
  /// The extent in pixels.
  public let width: Int, height: Int
  /// `3 * width * height` samples.
  ///
  /// Changing them drops the ``bands``.
  public var samples: [UInt8] { didSet { bands = nil } }
  /// The samples at the precision of the file, where eight bits of three channels do not hold them.
  public private(set) var bands: Bands?
  /// What people should know of how the file was read, each in words that follow its name.
  public internal(set) var remarks: [String] = []

  /// A picture of samples at hand.
  ///
  /// - Precondition: there is at least one pixel, and three samples for each.
  public init(width: Int, height: Int, samples: [UInt8]) {
    precondition(width > 0 && height > 0, "a raster has at least one pixel, not \(width) × \(height)")
    precondition(samples.count == 3 * width * height, "\(samples.count) samples cannot fill \(width) × \(height)")
    self.width = width
    self.height = height
    self.samples = samples
  }

  /// A picture of samples of more precision, or of other channels; the eight bits that are shown follow from them.
  ///
  /// - Precondition: `bands` has samples for each pixel.
  public init(width: Int, height: Int, bands: Bands) {
    precondition(bands.samples.count == width * height * bands.count, "the bands are of another extent")
    self.init(width: width, height: height, samples: bands.shown(width: width, height: height))
    self.bands = bands
  }

  /// Gives the picture samples of more precision without changing what is shown.
  func with(_ bands: Bands) -> Raster {
    var picture = self
    picture.bands = bands
    return picture
  }

  /// One colour all over.
  public init(width: Int, height: Int, fill: (UInt8, UInt8, UInt8) = (255, 255, 255)) {
    var samples = [UInt8](repeating: fill.0, count: 3 * width * height)
    if fill.1 != fill.0 || fill.2 != fill.0 {
      for i in stride(from: 0, to: samples.count, by: 3) { (samples[i + 1], samples[i + 2]) = (fill.1, fill.2) }
    }
    self.init(width: width, height: height, samples: samples)
  }

  /// The red, green and blue samples of the pixel in column `x` of row `y`.
  public subscript(x: Int, y: Int) -> (UInt8, UInt8, UInt8) {
    get {
      let i = offset(x, y)
      return (samples[i], samples[i + 1], samples[i + 2])
    }
    set {
      let i = offset(x, y)
      (samples[i], samples[i + 1], samples[i + 2]) = newValue
    }
  }

  /// Feeds the samples as one run of bytes: thousands of times faster than one by one.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(width)
    samples.withUnsafeBytes { hasher.combine(bytes: $0) }
    bands?.samples.withUnsafeBytes { hasher.combine(bytes: $0) }
  }

  private func offset(_ x: Int, _ y: Int) -> Int {
    precondition(0..<width ~= x && 0..<height ~= y, "(\(x), \(y)) lies outside of \(width) × \(height)")
    return 3 * (y * width + x)
  }
}

import AttributionKit

/// The samples of a picture at the precision of its file, of any number of channels.
///
/// A raster has them where they hold more than its own three samples of eight bits: those of 16 bits or fractions, and
/// pictures of more channels than a screen shows.
public struct Bands: Hashable, Sendable {
  /// How many channels there are: one of grey, three of red, green and blue, or others.
  public let count: Int
  /// Row by row from the top, the channels of a pixel side by side; 0 is black, 255 is white.
  public var samples: [Float]

  /// Samples at hand.
  ///
  /// - Precondition: there are as many for each pixel.
  public init(count: Int, samples: [Float]) {
    precondition(count > 0 && samples.count % count == 0, "\(samples.count) samples are not of \(count) channels")
    (self.count, self.samples) = (count, samples)
  }
}

extension Bands {
  /// What is shown of them in eight bits: grey or colours, or of other channels the first three, or the first alone.
  func shown(width: Int, height: Int) -> [UInt8] {
    var shown = [UInt8](repeating: 0, count: 3 * width * height)
    for pixel in 0..<(width * height) {
      for channel in 0..<3 {
        let level = samples[pixel * count + (count < 3 ? 0 : channel)]
        shown[3 * pixel + channel] = UInt8(min(max(level, 0), 255).rounded())
      }
    }
    return shown
  }

  /// The grey level of each pixel of one or three channels (ITU-R 601-2 luma).
  var luminance: Bands {
    guard count == 3 else { return self }
    let levels = stride(from: 0, to: samples.count, by: 3).map { i -> Float in
      let (red, green, blue) = (samples[i] * 19595, samples[i + 1] * 38470, samples[i + 2] * 7471)
      return (red + green + blue) / 65536
    }
    return Bands(count: 1, samples: levels)
  }

  /// The part of the picture, resized from `extent`, that lies in an input: by the weights of eight-bit pictures, unrounded.
  func laidOut(by geometry: ImageGeometry, padding: Float, _ filter: Preprocessing.Interpolation) -> Bands {
    let columns = max(geometry.left, 0)..<min(geometry.left + geometry.inputWidth, geometry.resizedWidth)
    let rows = max(geometry.top, 0)..<min(geometry.top + geometry.inputHeight, geometry.resizedHeight)
    let across = Resampling(from: geometry.originalWidth, to: geometry.resizedWidth, window: columns, by: filter)
    let down = Resampling(from: geometry.originalHeight, to: geometry.resizedHeight, window: rows, by: filter)
    let reach = down.reach, width = geometry.originalWidth
    var narrow = [Float](repeating: 0, count: reach.count * columns.count * count)
    for y in reach {
      for x in 0..<columns.count {
        let target = ((y - reach.lowerBound) * columns.count + x) * count
        for k in across.offsets[x]..<across.offsets[x + 1] {
          let source = (y * width + across.starts[x] + k - across.offsets[x]) * count
          let weight = across.share(k)
          for channel in 0..<count { narrow[target + channel] += weight * samples[source + channel] }
        }
      }
    }
    let whole = geometry.inputWidth * geometry.inputHeight * count
    var result = Bands(count: count, samples: [Float](repeating: padding, count: whole))
    let row = columns.count * count
    for y in 0..<rows.count {
      let target =
        ((y + rows.lowerBound - geometry.top) * geometry.inputWidth + columns.lowerBound - geometry.left) * count
      for i in 0..<row { result.samples[target + i] = 0 }
      for k in down.offsets[y]..<down.offsets[y + 1] {
        let source = (down.starts[y] + k - down.offsets[y] - reach.lowerBound) * row
        let weight = down.share(k)
        for i in 0..<row { result.samples[target + i] += weight * narrow[source + i] }
      }
    }
    return result
  }
}

extension Resampling {
  /// A weight as a fraction.
  fileprivate func share(_ index: Int) -> Float { Float(weights[index]) / Float(1 << Self.precision) }
}

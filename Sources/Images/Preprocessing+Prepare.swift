public import AttributionKit
public import Tensors

/// A photograph as a network wants it, and the way back.
public struct PreparedImage: Hashable, Sendable {
  /// `[channels, height, width]`, or `[height, width, channels]` for `Layout.nhwc`.
  public let tensor: Tensor
  /// Where the input lies on the photograph.
  public let geometry: ImageGeometry
  /// What the network saw, before its samples became numbers.
  public let input: Raster
}

extension Preprocessing {
  /// Makes the input of a network that expects `height` × `width` pixels of one or three channels, or of as many as the
  /// picture has.
  ///
  /// - Throws: `ImageError.unfit`.
  public func prepare(
    _ raster: Raster, height: Int, width: Int, channels: Int = 3
  ) throws(ImageError) -> PreparedImage {
    let given = raster.bands?.count ?? 3
    guard channels == given || [1, 3].contains(channels) && [1, 3].contains(given) else {
      throw .unfit(
        reason: [1, 3].contains(given)
          ? "a network with \(channels) input channels takes no photograph: give a TIFF file or an array with as many"
          : "a picture of \(given) channels does not fit a network with \(channels): save the \(channels) that it wants, as "
            + "a picture or with numpy.save")
    }
    for values in [mean, deviation] where ![1, 3, channels].contains(values.count) {
      throw .unfit(reason: "mean and deviation have one number for all channels or three, not \(values.count)")
    }
    guard deviation.allSatisfy({ $0 != 0 && $0.isFinite }) else {
      throw .unfit(reason: "a deviation of zero leaves no numbers: give 1 to leave samples as they are")
    }
    let geometry = try geometry(
      originalWidth: raster.width, originalHeight: raster.height, height: height, width: width)
    // Grey first, then smaller, as the usual recipes do: the other order rounds differently.
    let source = channels == 1 || channelOrder == .gray ? raster.inGray : raster
    let input = source.laidOut(by: geometry, padding: padding, interpolation)
    let tensor =
      raster.bands.map { numbers(of: $0, channels: channels, by: geometry) } ?? numbers(of: input, channels: channels)
    return PreparedImage(tensor: tensor, geometry: geometry, input: input)
  }

  private var padding: UInt8 { if case .letterbox(let fill) = resize { fill } else { 0 } }

  /// The numbers of a picture of more precision, or of other channels, none of them rounded on the way.
  private func numbers(of bands: Bands, channels: Int, by geometry: ImageGeometry) -> Tensor {
    let isGray = channels == 1 || channelOrder == .gray && channels == 3
    let source = (isGray ? bands.luminance : bands).laidOut(by: geometry, padding: Float(padding), interpolation)
    let area = geometry.inputWidth * geometry.inputHeight
    var scalars = [Float](repeating: 0, count: channels * area)
    for c in 0..<channels {
      let place = source.count == 1 ? 0 : channelOrder == .bgr && channels == 3 ? 2 - c : c
      let (start, step) = layout == .nchw ? (c * area, 1) : (c, channels)
      for i in 0..<area {
        scalars[start + i * step] = number(source.samples[i * source.count + place], channel: c, of: channels)
      }
    }
    let extent = [geometry.inputHeight, geometry.inputWidth]
    return Tensor(scalars, shape: layout == .nchw ? [channels] + extent : extent + [channels])
  }

  private func numbers(of input: Raster, channels: Int) -> Tensor {
    let isGray = channels == 1 || channelOrder == .gray
    let samples = isGray ? input.luminance : input.samples
    let area = input.width * input.height, pixel = isGray ? 1 : 3
    let scalars = [Float](unsafeUninitializedCapacity: channels * area) { scalars, initialized in
      samples.withUnsafeBufferPointer { samples in
        for c in 0..<channels {
          let table = table(channel: c, of: channels)
          let place = isGray ? 0 : channelOrder == .bgr ? 2 - c : c
          let (start, step) = layout == .nchw ? (c * area, 1) : (c, channels)
          for i in 0..<area { scalars[start + i * step] = table[Int(samples[place + i * pixel])] }
        }
      }
      initialized = channels * area
    }
    let extent = [input.height, input.width]
    return Tensor(scalars, shape: layout == .nchw ? [channels] + extent : extent + [channels])
  }

  /// The number that each of the 256 samples becomes.
  private func table(channel: Int, of channels: Int) -> [Float] {
    (0...255).map { number(Float($0), channel: channel, of: channels) }
  }

  private func number(_ sample: Float, channel: Int, of channels: Int) -> Float {
    func value(_ values: [Float]) -> Float {
      if values.count == 1 { return values[0] }
      return channels == 1 ? values.reduce(0, +) / Float(values.count) : values[channel]
    }
    return (sample * scale - value(mean)) / value(deviation)
  }
}

extension Raster {
  /// The grey level of each pixel (ITU-R 601-2 luma, rounded as Pillow does).
  public var luminance: [UInt8] {
    stride(from: 0, to: samples.count, by: 3).map { i in
      let sum = UInt32(samples[i]) * 19595 + UInt32(samples[i + 1]) * 38470 + UInt32(samples[i + 2]) * 7471
      return UInt8(truncatingIfNeeded: (sum + 0x8000) >> 16)
    }
  }

  /// The same picture without colour.
  fileprivate var inGray: Raster {
    Raster(width: width, height: height, samples: luminance.flatMap { [$0, $0, $0] })
  }

  /// The network's input: resized, cropped, and padded where the photograph does not reach.
  fileprivate func laidOut(
    by geometry: ImageGeometry, padding: UInt8, _ filter: Preprocessing.Interpolation
  ) -> Raster {
    let columns = max(geometry.left, 0)..<min(geometry.left + geometry.inputWidth, geometry.resizedWidth)
    let rows = max(geometry.top, 0)..<min(geometry.top + geometry.inputHeight, geometry.resizedHeight)
    let part = resized(
      width: geometry.resizedWidth, height: geometry.resizedHeight, columns: columns, rows: rows, by: filter)
    if part.width == geometry.inputWidth && part.height == geometry.inputHeight { return part }
    var whole = Raster(width: geometry.inputWidth, height: geometry.inputHeight, fill: (padding, padding, padding))
    for y in 0..<part.height {
      let target = 3 * ((y + rows.lowerBound - geometry.top) * whole.width + columns.lowerBound - geometry.left)
      let row = part.samples[3 * y * part.width..<3 * (y + 1) * part.width]
      whole.samples.replaceSubrange(target..<target + row.count, with: row)
    }
    return whole
  }
}

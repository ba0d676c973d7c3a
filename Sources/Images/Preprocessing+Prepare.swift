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
  /// Makes the input of a network that expects `height` × `width` pixels of one or three channels.
  ///
  /// - Throws: `ImageError.unfit`.
  public func prepare(
    _ raster: Raster, height: Int, width: Int, channels: Int = 3
  ) throws(ImageError) -> PreparedImage {
    guard channels == 1 || channels == 3 else {
      throw .unfit(reason: "a network with \(channels) input channels takes no photograph: give one with 1 or 3")
    }
    for values in [mean, deviation] where values.count != 1 && values.count != 3 {
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
    return PreparedImage(tensor: numbers(of: input, channels: channels), geometry: geometry, input: input)
  }

  private var padding: UInt8 { if case .letterbox(let fill) = resize { fill } else { 0 } }

  private func numbers(of input: Raster, channels: Int) -> Tensor {
    let planes = planes(of: input, channels: channels)
    let area = input.width * input.height
    var scalars = [Float](repeating: 0, count: channels * area)
    for (c, plane) in planes.enumerated() {
      let table = table(channel: c, of: channels)
      let (start, step) = layout == .nchw ? (c * area, 1) : (c, channels)
      for i in 0..<area { scalars[start + i * step] = table[Int(plane[i])] }
    }
    let extent = [input.height, input.width]
    return Tensor(scalars, shape: layout == .nchw ? [channels] + extent : extent + [channels])
  }

  /// The number that each of the 256 samples becomes.
  private func table(channel: Int, of channels: Int) -> [Float] {
    func value(_ values: [Float]) -> Float {
      if values.count == 1 { return values[0] }
      return channels == 1 ? values.reduce(0, +) / 3 : values[channel]
    }
    let (mean, deviation) = (value(mean), value(deviation))
    return (0...255).map { (Float($0) * scale - mean) / deviation }
  }

  private func planes(of input: Raster, channels: Int) -> [[UInt8]] {
    func plane(_ offset: Int) -> [UInt8] {
      stride(from: offset, to: input.samples.count, by: 3).map { input.samples[$0] }
    }
    if channels == 1 { return [input.luminance] }
    return switch channelOrder {
    case .rgb: [plane(0), plane(1), plane(2)]
    case .bgr: [plane(2), plane(1), plane(0)]
    case .gray: Array(repeating: input.luminance, count: 3)
    }
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

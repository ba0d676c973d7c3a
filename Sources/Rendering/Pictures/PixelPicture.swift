public import Images
public import Tensors

/// How a stack of pixel attributions, `[channels, height, width]`, becomes one picture.
public enum PixelPicture: String, Hashable, Sendable, CaseIterable {
  /// `Σ |x|` over the channels, clipped at the 99th percentile: where it matters.
  case grey
  /// `Σ x` over the channels, symmetric about zero, clipped alike: for and against.
  case signed
  /// `0.5 + 0.1 · (x − mean) / σ`, all channels on one scale: the texture a network responds to.
  case color

  /// The attribution as a picture on its own grid.
  ///
  /// - Parameters:
  ///   - attribution: `[channels, height, width]`.
  ///   - colorMap: What to colour with, where the display is not ``color``; `grey` and `diverging` by default.
  /// - Returns: The picture, and the magnitude that its colour bar ends at; `nil` for ``color``, which has none.
  public func raster(of attribution: Tensor, colorMap: ColorMap? = nil) -> (picture: Raster, extent: Float?) {
    precondition(attribution.shape.count == 3, "pixel attributions are [channels, height, width]")
    switch self {
    case .grey:
      let (map, extent) = Self.clipped(Self.sum(attribution) { abs($0) })
      return ((colorMap ?? .grey).raster(of: map), extent)
    case .signed:
      let (map, extent) = Self.clipped(Self.sum(attribution) { $0 })
      return ((colorMap ?? .diverging).raster(of: map), extent)
    case .color:
      return (Self.colors(attribution), nil)
    }
  }

  private static func sum(_ attribution: Tensor, of term: (Float) -> Float) -> Tensor {
    let (height, width) = (attribution.shape[1], attribution.shape[2])
    var sums = [Float](repeating: 0, count: height * width)
    for channel in 0..<attribution.shape[0] {
      let start = channel * sums.count
      for i in sums.indices { sums[i] += term(attribution.scalars[start + i]) }
    }
    return Tensor(sums, shape: [height, width])
  }

  /// `map` divided by the 99th percentile of its magnitudes, and that percentile; an all-zero map stays as it is.
  private static func clipped(_ map: Tensor) -> (Tensor, Float) {
    let magnitudes = map.scalars.map { abs($0) }.filter { $0.isFinite }
    guard let largest = magnitudes.max(), largest > 0 else { return (map, 0) }
    // A handful of lit pixels in the dark: the percentile is zero, the maximum is not.
    let percentile = magnitudes.ranked(Int((Double(magnitudes.count - 1) * 0.99).rounded()))
    let extent = percentile > 0 ? percentile : largest
    return (Tensor(map.scalars.map { $0 / extent }, shape: map.shape), extent)
  }

  private static func colors(_ attribution: Tensor) -> Raster {
    let (channels, height, width) = (attribution.shape[0], attribution.shape[1], attribution.shape[2])
    let scalars = attribution.scalars
    let count = Double(max(scalars.count, 1))
    let mean = scalars.reduce(0) { $0 + Double($1) } / count
    let deviation = (scalars.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count).squareRoot()
    let gain = deviation > 0 ? 0.1 / deviation : 0
    var picture = Raster(width: width, height: height, fill: (128, 128, 128))
    for i in 0..<height * width {
      for channel in 0..<3 {
        // One channel is shown as grey, two leave blue at the middle.
        let plane = channels == 1 ? 0 : channel
        guard plane < channels else { continue }
        let level = 0.5 + gain * (Double(scalars[plane * height * width + i]) - mean)
        picture.samples[3 * i + channel] = level > 0 ? UInt8((min(level, 1) * 255).rounded()) : 0
      }
    }
    return picture
  }
}

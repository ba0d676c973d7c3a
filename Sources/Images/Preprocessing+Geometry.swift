public import AttributionKit

extension Preprocessing {
  /// How a photograph of the given extent is laid into an input of `height` × `width`.
  ///
  /// - Throws: `ImageError.unfit` for sizes below one and crop fractions outside of 0…1.
  public func geometry(
    originalWidth: Int, originalHeight: Int, height: Int, width: Int
  ) throws(ImageError) -> ImageGeometry {
    guard originalWidth > 0, originalHeight > 0, 1...Self.maximumSide ~= height, 1...Self.maximumSide ~= width else {
      throw .unfit(
        reason: "an input of \(width) × \(height) pixels is not possible: give sides between 1 and \(Self.maximumSide)")
    }
    let frame = try frame(height: height, width: width)
    let resized = resizedExtent(of: (originalWidth, originalHeight), in: frame)
    return ImageGeometry(
      originalWidth: originalWidth, originalHeight: originalHeight, resizedWidth: resized.width,
      resizedHeight: resized.height, left: centered(width, in: resized.width),
      top: centered(height, in: resized.height), inputWidth: width, inputHeight: height)
  }

  private static var maximumSide: Int { 32_768 }

  /// The extent that the resized photograph fills (or, for a letterbox, fits), the input lying at its centre.
  private func frame(height: Int, width: Int) throws(ImageError) -> (width: Int, height: Int) {
    let fraction: Double
    switch resize {
    case .centerCrop(let share), .stretchCrop(let share): fraction = share
    case .exact, .letterbox: return (width, height)
    }
    guard fraction >= 0.01, fraction <= 1 else {
      throw .unfit(reason: "a centre crop cannot keep \(fraction) of the side: give a fraction from 0.01 to 1")
    }
    func enlarged(_ side: Int) -> Int { Int((Double(side) / fraction).rounded()) }
    return (enlarged(width), enlarged(height))
  }

  private func resizedExtent(
    of original: (width: Int, height: Int), in frame: (width: Int, height: Int)
  ) -> (width: Int, height: Int) {
    // Which side decides: the one that must grow more or, for a letterbox, the one that may grow less.
    let widthGrowsMore = frame.width * original.height > frame.height * original.width
    let widthDecides: Bool
    switch resize {
    case .exact, .stretchCrop: return frame
    case .centerCrop: widthDecides = widthGrowsMore
    case .letterbox: widthDecides = !widthGrowsMore
    }
    func side(_ frame: Int, _ other: Int, for own: Int) -> Int {
      let exact = Double(frame * other) / Double(own)
      return max(1, rounding == .nearest ? Int(exact.rounded(.toNearestOrEven)) : frame * other / own)
    }
    return widthDecides
      ? (frame.width, side(frame.width, original.height, for: original.width))
      : (side(frame.height, original.width, for: original.height), frame.height)
  }

  /// Where a centred stretch begins.
  private func centered(_ side: Int, in whole: Int) -> Int {
    let rule: FloatingPointRoundingRule = rounding == .down ? .towardZero : .toNearestOrEven
    return Int((Double(whole - side) / 2).rounded(rule))
  }
}

internal import CPictures
import FileKinds

/// The samples of a picture before transparency and colour profiles are dealt with: 0…255, 255 being white.
struct DecodedSamples {
  let width: Int, height: Int
  /// How many lie side by side for each pixel, alpha included.
  let channels: Int
  let meaning: limn_sample_meaning
  let hasAlpha: Bool
  let isPremultiplied: Bool
  let levels: Levels
  /// What people should know of them.
  var remarks: [String] = []

  enum Levels {
    case bytes([UInt8])
    case reals([Float])
  }

  /// What a library decoded.
  init(_ picture: limn_picture, named name: String, _ kind: FileKind) throws(ImageError) {
    (width, height, channels) = (Int(picture.width), Int(picture.height), Int(picture.channels))
    meaning = picture.meaning
    (hasAlpha, isPremultiplied) = (picture.alpha > 0, picture.alpha == 2)
    let count = width * height * channels
    guard let start = picture.samples else { throw .corrupt(name: name, reason: "it has no pixels") }
    switch picture.type {
    case LIMN_BYTES:
      let bytes = UnsafeBufferPointer(start: start.assumingMemoryBound(to: UInt8.self), count: count)
      // Fewer bits than eight are spread over eight where that is exact.
      let white = Int(picture.white)
      if white > 0, 255 % white == 0 {
        let factor = UInt8(255 / white)
        levels = .bytes(factor == 1 ? Array(bytes) : bytes.map { $0 &* factor })
      } else {
        levels = .reals(bytes.map { Float($0) * 255 / picture.white })
      }
    case LIMN_WORDS:
      let words = UnsafeBufferPointer(start: start.assumingMemoryBound(to: UInt16.self), count: count)
      levels = .reals(words.map { Float($0) * 255 / picture.white })
    default:
      let numbers = UnsafeBufferPointer(start: start.assumingMemoryBound(to: Float.self), count: count)
      let white = try Self.white(of: numbers, named: name, kind)
      if white > 1 { remarks.append("does not say which of its samples is white: \(Int(white)) is taken for it") }
      levels = .reals(numbers.map { $0 * 255 / white })
    }
  }

  /// Samples of colours at hand.
  init(width: Int, height: Int, channels: Int, meaning: limn_sample_meaning, hasAlpha: Bool, _ levels: Levels) {
    (self.width, self.height, self.channels) = (width, height, channels)
    (self.meaning, self.hasAlpha, isPremultiplied, self.levels) = (meaning, hasAlpha, false, levels)
  }

  /// What is white among samples that come without a range: 1, 255 or 65,535, the least that none exceeds.
  private static func white(
    of numbers: UnsafeBufferPointer<Float>, named name: String, _ kind: FileKind
  ) throws(ImageError) -> Float {
    var (least, greatest) = (Float.infinity, -Float.infinity)
    for number in numbers {
      guard number.isFinite else {
        throw .unsupported(
          name: name, kind: "\(kind.rawValue) with samples that are no numbers", remedy: "replace them first")
      }
      least = min(least, number)
      greatest = max(greatest, number)
    }
    if least >= 0, let white = [1, 255, 65535].first(where: { greatest <= $0 }) { return white }
    throw .unsupported(
      name: name, kind: "\(kind.rawValue) of samples from \(least) to \(greatest), which does not say what is white",
      remedy: "scale them to 0…1, or save the network's own numbers with numpy.save")
  }
}

extension DecodedSamples {
  /// The picture in sRGB, transparency laid over white.
  ///
  /// - Parameter profile: the colours of the samples; `nil` for sRGB.
  /// - Returns: The picture.
  func raster(in profile: ColorProfile?) -> Raster {
    var raster: Raster
    var remark: String?
    switch levels {
    case .bytes(let all) where meaning != LIMN_BANDS:
      let (colors, alpha) = split(all)
      let converted = profile?.converted(colors, meaning)
      remark = converted?.remark
      raster = Raster(
        width: width, height: height, samples: overWhite(converted?.samples ?? inRGB(colors), alpha))
    case .reals(let all) where meaning != LIMN_BANDS:
      let (colors, alpha) = split(all)
      let converted = profile?.converted(colors, meaning)
      remark = converted?.remark
      let plain = converted?.samples ?? (meaning == LIMN_GRAY ? colors : inRGB(colors))
      let count = plain.count / (width * height)
      raster = Raster(width: width, height: height, bands: Bands(count: count, samples: overWhite(plain, alpha)))
    case .bytes(let all):
      raster = Raster(width: width, height: height, bands: Bands(count: channels, samples: all.map(Float.init)))
    case .reals(let all):
      raster = Raster(width: width, height: height, bands: Bands(count: channels, samples: all))
    }
    raster.remarks = remarks + (remark.map { [$0] } ?? [])
    return raster
  }

  /// The colours and the alpha of each pixel.
  private func split<L: Level>(_ all: [L]) -> (colors: [L], alpha: [L]?) {
    guard hasAlpha else { return (all, nil) }
    let pixels = width * height, count = channels - 1
    var (colors, alpha) = ([L](repeating: L.white, count: pixels * count), [L](repeating: L.white, count: pixels))
    for pixel in 0..<pixels {
      for channel in 0..<count { colors[pixel * count + channel] = all[pixel * channels + channel] }
      alpha[pixel] = all[pixel * channels + count]
    }
    return (colors, alpha.allSatisfy { $0 == L.white } ? nil : alpha)
  }

  /// Red, green and blue of greys or of inks; inks as a product of light, as printing is.
  private func inRGB<L: Level>(_ colors: [L]) -> [L] {
    switch meaning {
    case LIMN_GRAY: return colors.flatMap { [$0, $0, $0] }
    case LIMN_CMYK:
      return stride(from: 0, to: colors.count, by: 4).flatMap { i in
        (0..<3).map { L.product(L.complement(colors[i + $0]), L.complement(colors[i + 3])) }
      }
    default: return colors
    }
  }

  private func overWhite<L: Level>(_ colors: [L], _ alpha: [L]?) -> [L] {
    guard let alpha else { return colors }
    let count = colors.count / alpha.count
    return colors.indices.map { i in
      isPremultiplied
        ? L.sum(colors[i], L.complement(alpha[i / count])) : L.over(colors[i], alpha[i / count])
    }
  }
}

/// A sample of 0…255.
protocol Level: Equatable {
  static var white: Self { get }
  static func complement(_ a: Self) -> Self
  static func product(_ a: Self, _ b: Self) -> Self
  static func sum(_ a: Self, _ b: Self) -> Self
  /// A colour laid over white.
  static func over(_ color: Self, _ alpha: Self) -> Self
}

extension UInt8: Level {
  static var white: UInt8 { 255 }
  static func complement(_ a: UInt8) -> UInt8 { 255 - a }
  static func product(_ a: UInt8, _ b: UInt8) -> UInt8 { UInt8((Int(a) * Int(b) + 127) / 255) }
  static func sum(_ a: UInt8, _ b: UInt8) -> UInt8 { UInt8(Swift.min(Int(a) + Int(b), 255)) }
  static func over(_ color: UInt8, _ alpha: UInt8) -> UInt8 {
    let sum: Int = Int(color) * Int(alpha) + 255 * (255 - Int(alpha))
    return UInt8((sum + 127) / 255)
  }
}

extension Float: Level {
  static var white: Float { 255 }
  static func complement(_ a: Float) -> Float { 255 - a }
  static func product(_ a: Float, _ b: Float) -> Float { a * b / 255 }
  static func sum(_ a: Float, _ b: Float) -> Float { Swift.min(a + b, 255) }
  static func over(_ color: Float, _ alpha: Float) -> Float { (color * alpha + 255 * (255 - alpha)) / 255 }
}

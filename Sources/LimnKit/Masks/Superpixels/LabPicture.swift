#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
import Tensors

/// A picture in colours whose distances are those that people see: CIE L*a*b* under D65, pixel after pixel.
///
/// Pictures of other than three channels keep theirs.
struct LabPicture {
  /// `[height, width, channels]`, flat.
  var scalars: [Double]
  let height: Int, width: Int, channels: Int

  /// - Parameter picture: `[channels, height, width]`, sRGB from 0 to 1 where there are three channels.
  init(_ picture: Tensor) {
    precondition(picture.shape.count == 3, "\(picture.shape) is no picture of channels, rows and columns")
    (channels, height, width) = (picture.shape[0], picture.shape[1], picture.shape[2])
    let (channels, area) = (channels, height * width)
    scalars = Array(repeating: 0, count: picture.scalars.count)
    for p in 0..<area {
      let color = (0..<channels).map { Double(picture.scalars[$0 * area + p]) }
      let shown = channels == 3 ? Self.lab(red: color[0], green: color[1], blue: color[2]) : color
      for c in 0..<channels { scalars[p * channels + c] = shown[c] }
    }
  }

  private static func lab(red: Double, green: Double, blue: Double) -> [Double] {
    func linear(_ v: Double) -> Double { v > 0.04045 ? pow((v + 0.055) / 1.055, 2.4) : v / 12.92 }
    func root(_ t: Double) -> Double { t > 0.008856 ? cbrt(t) : 7.787 * t + 16 / 116 }
    let (r, g, b) = (linear(red), linear(green), linear(blue))
    let x = root((0.412453 * r + 0.357580 * g + 0.180423 * b) / 0.95047)
    let y = root(0.212671 * r + 0.715160 * g + 0.072169 * b)
    let z = root((0.019334 * r + 0.119193 * g + 0.950227 * b) / 1.08883)
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
  }
}

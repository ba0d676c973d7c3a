#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

import AttributionKit
import Tensors

/// How much there is in a picture of eight bits, as an estimate of the size to which it can be compressed without loss.
///
/// Each number is told from its neighbours to the left and above by the predictor of JPEG-LS, and what is left is coded by
/// how often it occurs. Source: Weinberger, Seroussi & Sapiro, *The LOCO-I lossless image compression algorithm*, IEEE
/// Transactions on Image Processing 2000, doi:10.1109/83.855427.
struct PictureInformation {
  /// What the network's input holds for black and for white, a number for each channel.
  private let black: [Float], white: [Float]

  /// - Throws: ``AttributionError/notAnImage(_:)``.
  init(of session: ExplanationSession) throws {
    let channels = try session.grid.channels
    black =
      session.options.colors?.black
      ?? Array(repeating: session.input.scalars.min() ?? 0, count: channels)
    white =
      session.options.colors?.white
      ?? Array(repeating: session.input.scalars.max() ?? 1, count: channels)
  }

  /// The bits that an image takes, given as the network sees it, `[channels, height, width]`.
  func bits(of planes: Tensor) -> Double {
    (0..<planes.shape[0]).reduce(0) { $0 + bits(of: planes.channel($1), black[$1], white[$1]) }
  }

  private func bits(of plane: Tensor, _ black: Float, _ white: Float) -> Double {
    let (height, width) = (plane.shape[0], plane.shape[1])
    let levels = plane.scalars.map { value -> Int in
      white == black ? 0 : Int((min(max((value - black) / (white - black), 0), 1) * 255).rounded())
    }
    var counts = Array(repeating: 0, count: 256)
    for y in 0..<height {
      for x in 0..<width {
        let place = y * width + x
        let left = x > 0 ? levels[place - 1] : y > 0 ? levels[place - width] : 0
        let above = y > 0 ? levels[place - width] : left
        let corner = x > 0 && y > 0 ? levels[place - width - 1] : above
        let expected = min(max(left + above - corner, min(left, above)), max(left, above))
        counts[(levels[place] - expected) & 255] += 1
      }
    }
    let total = Double(levels.count)
    return counts.reduce(0) { $1 > 0 ? $0 - Double($1) * log2(Double($1) / total) : $0 }
  }
}

import Tensors

/// Regions of a picture that overlap: its segments at several scales, each wider by a few pixels.
///
/// The scales, sizes and widths are those of the authors' code for 224 × 224 pixels, and go with the size of the picture.
struct PictureRegions {
  /// The pixels of each region, in ascending order; each of `height · width`.
  let regions: [[Int32]]

  private static let scales: [Double] = [50, 100, 150, 250, 500, 1200]
  private static let leastSize = 150.0, widening = 5.0, smoothing = 0.8

  /// The regions of `[channels, height, width]`.
  init(of planes: Tensor) {
    let (height, width) = (planes.shape[1], planes.shape[2])
    let share = Double(height * width) / Double(224 * 224), side = share.squareRoot()
    let shown = (-1 + 2 * planes.scaledToUnit()).blurred(deviation: Float(Self.smoothing * min(1, side)))
    let edges = PixelEdges(of: shown)
    let radius = Int((Self.widening * side).rounded())
    var all: [[Int32]] = []
    for scale in Self.scales {
      // Costs are those of numbers from 0 to 255, as the scales are.
      let labels = edges.segments(scale: scale / 255 * share, leastSize: Int((Self.leastSize * share).rounded(.up)))
      let segments = Dictionary(grouping: 0..<Int32(labels.count)) { labels[Int($0)] }
      for label in segments.keys.sorted() {
        all.append(Self.widened(segments[label] ?? [], in: labels, radius: radius, height, width))
      }
    }
    regions = all
  }

  /// A segment and every pixel that lies within `radius` of it.
  private static func widened(
    _ segment: [Int32], in labels: [Int32], radius: Int, _ height: Int, _ width: Int
  ) -> [Int32] {
    guard radius > 0, let label = segment.first.map({ labels[Int($0)] }) else { return segment }
    var isInside = [Bool](repeating: false, count: height * width)
    for pixel in segment {
      isInside[Int(pixel)] = true
      let (y, x) = (Int(pixel) / width, Int(pixel) % width)
      // Only pixels at the segment's border reach beyond it.
      func isOther(_ v: Int, _ u: Int) -> Bool {
        (0..<height).contains(v) && (0..<width).contains(u) && labels[v * width + u] != label
      }
      let isBorder = isOther(y - 1, x) || isOther(y + 1, x) || isOther(y, x - 1) || isOther(y, x + 1)
      guard isBorder else { continue }
      for v in max(0, y - radius)...min(height - 1, y + radius) {
        for u in max(0, x - radius)...min(width - 1, x + radius)
        where (v - y) * (v - y) + (u - x) * (u - x) <= radius * radius { isInside[v * width + u] = true }
      }
    }
    return isInside.indices.filter { isInside[$0] }.map { Int32($0) }
  }
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
public import Tensors

extension Segmentation {
  /// Quick shift: each pixel follows the nearest one of greater density, and those that meet are a segment.
  ///
  ///     P(x) = Σᵧ exp(−D(x, y)² / 2σ²),   parent(x) = argmin D(x, y) over P(y) > P(x)          (eqs. 1 and 5)
  ///
  /// `D` is the distance in place and, times its weight, in colour. Both look as far as three times `σ`. Of pixels of one
  /// density the first counts as the denser.
  ///
  /// Source: Vedaldi & Soatto, *Quick shift and kernel methods for mode seeking*, ECCV 2008,
  /// doi:10.1007/978-3-540-88693-8_52. The parameters' defaults are those of LIME.
  ///
  /// - Parameters:
  ///   - picture: `[channels, height, width]`, from 0 to 1; three channels are sRGB.
  ///   - kernelSize: `σ`, in pixels: the larger, the fewer segments.
  ///   - greatestDistance: How far a pixel may be from the one it follows.
  ///   - colorWeight: How much colours count beside places, from 0 to 1.
  /// - Returns: The segments, one for each mode.
  public static func quickshift(
    _ picture: Tensor, kernelSize: Double = 4, greatestDistance: Double = 200, colorWeight: Double = 0.2
  ) -> Segmentation {
    var lab = LabPicture(picture)
    for i in lab.scalars.indices { lab.scalars[i] *= colorWeight }
    let reach = Int((3 * kernelSize).rounded(.up)), (height, width) = (lab.height, lab.width)
    let densities = lab.densities(reach: reach, kernelSize: kernelSize)
    var roots = lab.parents(by: densities, reach: reach, greatestDistance: greatestDistance)
    // From dense to sparse, so that each parent has its root already.
    for p in roots.indices.sorted(by: { (densities[$0], -$0) > (densities[$1], -$1) }) { roots[p] = roots[roots[p]] }
    return Segmentation(roots, height: height, width: width)
  }
}

extension LabPicture {
  /// The density at each pixel; each pair of pixels is looked at once and counts for both.
  fileprivate func densities(reach: Int, kernelSize: Double) -> [Double] {
    // A pixel is at no distance of itself.
    var densities = Array(repeating: 1.0, count: height * width)
    let scale = -0.5 / (kernelSize * kernelSize)
    densities.withUnsafeMutableBufferPointer { densities in
      scalars.withUnsafeBufferPointer { colors in
        for dy in 0...reach {
          for dx in -reach...reach where dy > 0 || dx > 0 {
            for y in 0..<max(0, height - dy) {
              for x in max(0, -dx)..<max(max(0, -dx), min(width, width - dx)) {
                let p = y * width + x, q = p + dy * width + dx
                let density = exp(scale * distance(p, q, dy, dx, colors))
                densities[p] += density
                densities[q] += density
              }
            }
          }
        }
      }
    }
    return densities
  }

  /// The pixel that each follows: itself where none near is denser.
  fileprivate func parents(by densities: [Double], reach: Int, greatestDistance: Double) -> [Int] {
    let farthest = greatestDistance * greatestDistance
    return scalars.withUnsafeBufferPointer { colors in
      densities.withUnsafeBufferPointer { densities in
        (0..<height * width).map { p in
          let (y, x) = p.quotientAndRemainder(dividingBy: width)
          var (parent, least) = (p, Double.infinity)
          for dy in max(-reach, -y)...min(reach, height - 1 - y) {
            for dx in max(-reach, -x)...min(reach, width - 1 - x) {
              let q = p + dy * width + dx
              guard densities[q] > densities[p] || (densities[q] == densities[p] && q < p) else { continue }
              let distance = distance(p, q, dy, dx, colors)
              if distance < least { (parent, least) = (q, distance) }
            }
          }
          return least <= farthest ? parent : p
        }
      }
    }
  }

  @inline(__always)
  private func distance(_ p: Int, _ q: Int, _ dy: Int, _ dx: Int, _ colors: UnsafeBufferPointer<Double>) -> Double {
    var sum = Double(dy * dy + dx * dx)
    for c in 0..<channels {
      let difference = colors[p * channels + c] - colors[q * channels + c]
      sum += difference * difference
    }
    return sum
  }
}

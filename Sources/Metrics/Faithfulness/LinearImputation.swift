import Tensors

/// Pixels told from their neighbours: each is the weighed mean of the eight around it, of which some are to be told, too.
///
///     Σₙ wₙ·(xᵢ − xₙ) = 0,    w = 1/6 beside, above and below, 1/12 across the corners
///
/// Neighbors beyond the border count nothing. The equations are solved by conjugate gradients, all channels at once, with an
/// incomplete factorisation that keeps the sum of each row as preconditioner (Gustafsson, *A class of first order factorization
/// methods*, BIT 1978, doi:10.1007/BF01931691): a few dozen steps where plain relaxation takes thousands.
struct LinearImputation {
  private let height: Int, width: Int
  /// The pixels that are to be told, in row-major order.
  private let pixels: [Int]
  /// The number of each pixel among them; none where it is known.
  private let numbers: [Int32]
  /// For each equation the numbers of the four neighbours before it and the four after it that are to be told, or the place
  /// after the last, where there is zero.
  private let before: [SIMD4<Int32>], after: [SIMD4<Int32>]
  /// The sum of the weights of the neighbours within the border.
  private let diagonal: [Double]
  /// The inverse of the diagonal of the factorisation.
  private let pivots: [Double]

  /// As far as the known pixels decide it, which they do to about this share of their own size.
  private static let tolerance = 1e-9

  /// West, north-west, north, north-east: the pixels before in row-major order; those after are their opposites.
  private static let offsets = [(0, -1), (-1, -1), (-1, 0), (-1, 1)]
  /// Twelve times the weights of the paper.
  private static let weights = SIMD4<Double>(2, 1, 2, 1)

  /// - Parameters:
  ///   - hidden: The pixels to be told, as row-major places; not all of them.
  ///   - height: The number of rows.
  ///   - width: The number of columns.
  init(of hidden: some Collection<Int>, height: Int, width: Int) {
    precondition(hidden.count < height * width, "no pixel is known")
    (self.height, self.width) = (height, width)
    pixels = hidden.sorted()
    let count = pixels.count
    var numbers = [Int32](repeating: -1, count: height * width)
    for (number, pixel) in pixels.enumerated() { numbers[pixel] = Int32(number) }
    self.numbers = numbers
    var before = [SIMD4<Int32>](), after = [SIMD4<Int32>](), diagonal = [Double]()
    for pixel in pixels {
      let (y, x) = pixel.quotientAndRemainder(dividingBy: width)
      var (earlier, later, sum) = (SIMD4<Int32>(repeating: Int32(count)), SIMD4<Int32>(repeating: Int32(count)), 0.0)
      for (k, (dy, dx)) in Self.offsets.enumerated() {
        if y + dy >= 0, (0..<width).contains(x + dx) {
          sum += Self.weights[k]
          let number = numbers[pixel + dy * width + dx]
          if number >= 0 { earlier[k] = number }
        }
        if y - dy < height, (0..<width).contains(x - dx) {
          sum += Self.weights[k]
          let number = numbers[pixel - dy * width - dx]
          if number >= 0 { later[k] = number }
        }
      }
      before.append(earlier)
      after.append(later)
      diagonal.append(sum)
    }
    (self.before, self.after, self.diagonal) = (before, after, diagonal)
    pivots = Self.pivots(before, after, diagonal)
  }

  /// `1/eᵢ` of `M = (E + L) E⁻¹ (E + Lᵀ)`, where `L` is the matrix below its diagonal.
  private static func pivots(
    _ before: [SIMD4<Int32>], _ after: [SIMD4<Int32>], _ diagonal: [Double]
  ) -> [Double] {
    let count = Int32(diagonal.count)
    // How much of each row lies after the diagonal.
    let rests = after.map { later in (0..<4).reduce(0.0) { $0 + (later[$1] < count ? weights[$1] : 0) } }
    var pivots: [Double] = []
    for i in diagonal.indices {
      var pivot = diagonal[i]
      for k in 0..<4 where before[i][k] < count {
        let j = Int(before[i][k])
        // A little less than all of it, so that the pivots stay positive.
        pivot -= weights[k] * (0.99 * rests[j] + 0.01 * weights[k]) * pivots[j]
      }
      pivots.append(1 / max(pivot, 0.05 * diagonal[i]))
    }
    return pivots
  }

  /// The picture with these pixels told from the others.
  ///
  /// - Parameters:
  ///   - planes: `[channels, height, width]`.
  ///   - noise: What is added to a pixel that was told, given its channel.
  /// - Returns: The picture, in the same shape.
  func filled(_ planes: Tensor, noise: (_ channel: Int) -> Float = { _ in 0 }) -> Tensor {
    var result = planes
    let area = height * width
    for first in stride(from: 0, to: planes.shape[0], by: 4) where !pixels.isEmpty {
      let channels = first..<min(first + 4, planes.shape[0])
      let solution = solved(for: planes, channels)
      for channel in channels {
        for (number, pixel) in pixels.enumerated() {
          result[channel * area + pixel] = Float(solution[number][channel - first]) + noise(channel)
        }
      }
    }
    return result
  }

  /// The pixels to be told, in up to four channels side by side, and zero after the last.
  private func solved(for planes: Tensor, _ channels: Range<Int>) -> [SIMD4<Double>] {
    let count = pixels.count, none = [SIMD4<Double>](repeating: .zero, count: count + 1)
    // From the mean of what is known on, which leaves small numbers to be found.
    let (side, level) = known(of: planes, channels)
    var x = none, r = side, z = none, p = none, q = none
    for i in 0..<count { x[i] = level }
    product(of: x, into: &q)
    for i in 0..<count { r[i] -= q[i] }
    let enough = Self.tolerance * Self.tolerance * dot(side, side)
    approximate(r, into: &z)
    p = z
    var steepness = dot(r, z)
    // Conjugate gradients end after as many steps as there are numbers, if not long before.
    for _ in 0..<count + 100 {
      let rest = dot(r, r)
      if (0..<4).allSatisfy({ rest[$0] <= enough[$0] || rest[$0] == 0 }) { break }
      product(of: p, into: &q)
      let length = Self.quotient(steepness, dot(p, q))
      for i in 0..<count {
        x[i] += length * p[i]
        r[i] -= length * q[i]
      }
      approximate(r, into: &z)
      let next = dot(r, z), share = Self.quotient(next, steepness)
      for i in 0..<count { p[i] = z[i] + share * p[i] }
      steepness = next
    }
    return x
  }

  /// What the known neighbours add to each equation, and the mean of all known pixels.
  private func known(of planes: Tensor, _ channels: Range<Int>) -> (side: [SIMD4<Double>], level: SIMD4<Double>) {
    let area = height * width
    var side = [SIMD4<Double>](repeating: .zero, count: pixels.count + 1), level = SIMD4<Double>.zero
    planes.scalars.withUnsafeBufferPointer { scalars in
      for (slot, channel) in channels.enumerated() {
        for pixel in 0..<area where numbers[pixel] < 0 { level[slot] += Double(scalars[channel * area + pixel]) }
        for (number, pixel) in pixels.enumerated() {
          let (y, x) = pixel.quotientAndRemainder(dividingBy: width)
          for (k, (dy, dx)) in Self.offsets.enumerated() {
            for sign in [1, -1] {
              let (row, column) = (y + sign * dy, x + sign * dx)
              guard (0..<height).contains(row), (0..<width).contains(column) else { continue }
              let neighbor = row * width + column
              if numbers[neighbor] < 0 {
                side[number][slot] += Self.weights[k] * Double(scalars[channel * area + neighbor])
              }
            }
          }
        }
      }
    }
    return (side, level / Double(area - pixels.count))
  }

  /// `Ax`.
  private func product(of x: [SIMD4<Double>], into result: inout [SIMD4<Double>]) {
    x.withUnsafeBufferPointer { x in
      result.withUnsafeMutableBufferPointer { result in
        for i in 0..<pixels.count {
          result[i] = diagonal[i] * x[i] - Self.sum(of: x, at: before[i]) - Self.sum(of: x, at: after[i])
        }
      }
    }
  }

  /// `M⁻¹r`.
  private func approximate(_ r: [SIMD4<Double>], into z: inout [SIMD4<Double>]) {
    r.withUnsafeBufferPointer { r in
      z.withUnsafeMutableBufferPointer { z in
        for i in 0..<pixels.count {
          z[i] = pivots[i] * (r[i] + Self.sum(of: UnsafeBufferPointer(z), at: before[i]))
        }
        for i in (0..<pixels.count).reversed() {
          z[i] += pivots[i] * Self.sum(of: UnsafeBufferPointer(z), at: after[i])
        }
      }
    }
  }

  @inline(__always)
  private static func sum(of x: UnsafeBufferPointer<SIMD4<Double>>, at places: SIMD4<Int32>) -> SIMD4<Double> {
    let near = x[Int(places[0])] + x[Int(places[2])]
    return 2 * near + (x[Int(places[1])] + x[Int(places[3])])
  }

  private func dot(_ a: [SIMD4<Double>], _ b: [SIMD4<Double>]) -> SIMD4<Double> {
    var sum = SIMD4<Double>.zero
    for i in 0..<pixels.count { sum += a[i] * b[i] }
    return sum
  }

  /// Zero where a channel is found already.
  private static func quotient(_ a: SIMD4<Double>, _ b: SIMD4<Double>) -> SIMD4<Double> {
    (a / b).replacing(with: 0, where: b .== 0)
  }
}

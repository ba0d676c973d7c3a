#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Tensor {
  /// The last two dimensions without the waves that are shorter than the shorter side of the map over `cutoff`.
  ///
  ///     f(y, x) = 1/HW Σᵤᵥ F(u, v) e^{2πi(uy/H + vx/W)}   over   min(H, W)·√((u/H)² + (v/W)²) ≤ cutoff
  ///
  /// `F` is the discrete Fourier transform, of which only the frequencies that stay are computed. The mean stays, and with
  /// it the sum.
  public func lowPass(cutoff: Float) -> Tensor {
    guard shape.count >= 2, !scalars.isEmpty else { return self }
    let (height, width) = (shape[shape.count - 2], shape[shape.count - 1])
    let filter = LowPass(height: height, width: width, cutoff: min(Double(cutoff), Double(height + width)))
    var result = self
    for start in stride(from: 0, to: scalars.count, by: height * width) {
      let filtered = filter.apply(scalars[start..<start + height * width].map(Double.init))
      for (i, value) in filtered.enumerated() { result[start + i] = Float(value) }
    }
    return result
  }
}

/// The discrete Fourier transform of real maps of one extent, as far as a disc of low frequencies.
private struct LowPass {
  private let height: Int, width: Int
  /// For each column frequency from 0 that stays, the row frequencies that stay with it, of both signs.
  private let kept: [ClosedRange<Int>]
  private let rowWaves: Waves, columnWaves: Waves

  init(height: Int, width: Int, cutoff: Double) {
    (self.height, self.width) = (height, width)
    rowWaves = Waves(period: height)
    columnWaves = Waves(period: width)
    // A disc in cycles for each pixel, so that it is round on maps that are not square.
    let radius = cutoff / Double(min(height, width))
    kept = (0...width / 2).prefix { Double($0) / Double(width) <= radius }.map { v in
      let share = Double(v) / Double(width)
      let most = Int((Double(height) * (radius * radius - share * share).squareRoot() + 1e-9).rounded(.down))
      return max(-most, -(height - 1) / 2)...min(most, height / 2)
    }
  }

  func apply(_ map: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: map.count)
    for (v, rows) in kept.enumerated() {
      // Waves along the rows, then those of them along the columns that stay, and back again.
      var (real, imaginary) = ([Double](repeating: 0, count: height), [Double](repeating: 0, count: height))
      for y in 0..<height {
        for x in 0..<width {
          real[y] += map[y * width + x] * columnWaves.cosine(v * x)
          imaginary[y] -= map[y * width + x] * columnWaves.sine(v * x)
        }
      }
      (real, imaginary) = filtered(real, imaginary, keeping: rows)
      // The frequency −v is the conjugate of v.
      let weight = (v == 0 || 2 * v == width ? 1 : 2) / Double(height * width)
      for y in 0..<height {
        for x in 0..<width {
          result[y * width + x] +=
            weight * (real[y] * columnWaves.cosine(v * x) - imaginary[y] * columnWaves.sine(v * x))
        }
      }
    }
    return result
  }

  /// One column of complex numbers, with these frequencies alone; `height` times as large.
  private func filtered(
    _ real: [Double], _ imaginary: [Double], keeping rows: ClosedRange<Int>
  ) -> (real: [Double], imaginary: [Double]) {
    var result = (real: real.map { _ in 0.0 }, imaginary: real.map { _ in 0.0 })
    for u in rows {
      var (a, b) = (0.0, 0.0)
      for y in 0..<height {
        let (c, s) = (rowWaves.cosine(u * y), rowWaves.sine(u * y))
        a += real[y] * c + imaginary[y] * s
        b += imaginary[y] * c - real[y] * s
      }
      for y in 0..<height {
        let (c, s) = (rowWaves.cosine(u * y), rowWaves.sine(u * y))
        result.real[y] += a * c - b * s
        result.imaginary[y] += a * s + b * c
      }
    }
    return result
  }

  /// A period of the cosine and of the sine.
  private struct Waves {
    private let cosines: [Double], sines: [Double]
    private let period: Int

    init(period: Int) {
      self.period = period
      cosines = (0..<period).map { cos(2 * .pi * Double($0) / Double(period)) }
      sines = (0..<period).map { sin(2 * .pi * Double($0) / Double(period)) }
    }

    func cosine(_ place: Int) -> Double { cosines[index(place)] }
    func sine(_ place: Int) -> Double { sines[index(place)] }

    private func index(_ place: Int) -> Int {
      let rest = place % period
      return rest < 0 ? rest + period : rest
    }
  }
}

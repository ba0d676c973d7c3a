public import AttributionKit
import Foundation

/// One axis of Pillow's antialiased resize: which stored samples each new sample mixes, and how much of each.
///
/// Shrinking widens the filter so that every stored sample counts (Pillow, `Resample.c`); networks were trained
/// on pictures reduced that way. Weights are fixed-point, as Pillow's are, so that sums agree to the last bit.
struct Resampling {
  /// Binary places of a weight: eight bits of sample and two of headroom stay free in 32.
  static let precision: Int32 = 22

  /// For each new sample: the first stored sample it mixes.
  private(set) var starts: [Int] = []
  /// For each new sample: where its weights begin; one more closes the last.
  private(set) var offsets: [Int] = [0]
  private(set) var weights: [Int32] = []

  /// Weights for the new samples in `window` of an axis resized from `extent` to `target` samples.
  init(from extent: Int, to target: Int, window: Range<Int>, by filter: Preprocessing.Interpolation = .bilinear) {
    let scale = Double(extent) / Double(target)
    guard let radius = filter.radius else {
      starts = window.map { min(Int((Double($0) + 0.5) * scale), extent - 1) }
      weights = Array(repeating: 1 << Self.precision, count: starts.count)
      offsets = Array(0...starts.count)
      return
    }
    let widening = max(scale, 1), support = radius * widening, narrowing = 1 / widening
    var exact: [Double] = []
    for i in window {
      let center = (Double(i) + 0.5) * scale
      let first = max(Int(center - support + 0.5), 0)
      let end = min(Int(center + support + 0.5), extent)
      exact.removeAll(keepingCapacity: true)
      for k in first..<end {
        exact.append(filter.weight(at: (Double(k) - center + 0.5) * narrowing))
      }
      let sum = exact.reduce(0, +)
      starts.append(first)
      weights.append(
        contentsOf: exact.map { Int32(($0 / sum * Double(1 << Self.precision)).rounded(.toNearestOrAwayFromZero)) })
      offsets.append(weights.count)
    }
  }

  /// The stored samples that the window mixes.
  var reach: Range<Int> {
    (starts.first ?? 0)..<((starts.last ?? 0) + (offsets[offsets.count - 1] - offsets[max(offsets.count - 2, 0)]))
  }
}

extension Preprocessing.Interpolation {
  /// How far the filter reaches where nothing shrinks; `nil` for the nearest sample, which mixes nothing.
  fileprivate var radius: Double? {
    switch self {
    case .nearest: nil
    case .box: 0.5
    case .bilinear, .hamming: 1
    case .bicubic: 2
    case .lanczos: 3
    }
  }

  /// The filter's weight for a sample at a distance.
  fileprivate func weight(at distance: Double) -> Double {
    let x = abs(distance)
    func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(.pi * x) / (.pi * x) }
    switch self {
    case .nearest, .bilinear: return max(1 - x, 0)
    case .box: return distance > -0.5 && distance <= 0.5 ? 1 : 0
    case .hamming: return x < 1 ? sinc(x) * (0.54 + 0.46 * cos(.pi * x)) : 0
    // Keys' cubic convolution with a = −1/2.
    case .bicubic: return x < 1 ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? -0.5 * (((x - 5) * x + 8) * x - 4) : 0
    case .lanczos: return x < 3 ? sinc(x) * sinc(x / 3) : 0
    }
  }
}

extension Raster {
  /// The picture at another size, antialiased as Pillow's filters do it.
  public func resized(
    width: Int, height: Int, by filter: Preprocessing.Interpolation = .bilinear
  ) -> Raster {
    resized(width: width, height: height, columns: 0..<width, rows: 0..<height, by: filter)
  }

  /// The part of the resized picture in the given columns and rows: no more is calculated, however large the whole.
  func resized(
    width: Int, height: Int, columns: Range<Int>, rows: Range<Int>, by filter: Preprocessing.Interpolation = .bilinear
  ) -> Raster {
    precondition(!columns.isEmpty && !rows.isEmpty, "a resized picture has at least one pixel")
    // Pillow rounds to 8 bits after each pass, and leaves out a pass that changes nothing. (Since version 12 or so it
    // takes rows first for some tall pictures, one level apart here and there; networks were trained before.)
    let across = width == self.width ? nil : Resampling(from: self.width, to: width, window: columns, by: filter)
    let down = height == self.height ? nil : Resampling(from: self.height, to: height, window: rows, by: filter)
    let reach = down?.reach ?? rows
    let narrow = across.map { mixingColumns($0, rows: reach) } ?? cropped(columns: columns, rows: reach)
    return down.map { narrow.mixingRows($0, from: reach.lowerBound) } ?? narrow
  }

  /// A rectangle of the picture.
  func cropped(columns: Range<Int>, rows: Range<Int>) -> Raster {
    if columns == 0..<width && rows == 0..<height { return self }
    var kept: [UInt8] = []
    kept.reserveCapacity(3 * columns.count * rows.count)
    for y in rows { kept += samples[3 * (y * width + columns.lowerBound)..<3 * (y * width + columns.upperBound)] }
    return Raster(width: columns.count, height: rows.count, samples: kept)
  }

  private func mixingColumns(_ axis: Resampling, rows: Range<Int>) -> Raster {
    let count = axis.starts.count
    let mixed = [UInt8](unsafeUninitializedCapacity: 3 * count * rows.count) { target, initialized in
      samples.withUnsafeBufferPointer { stored in
        axis.weights.withUnsafeBufferPointer { weights in
          var t = 0
          for y in rows {
            for x in 0..<count {
              var (red, green, blue) = (Resampling.half, Resampling.half, Resampling.half)
              var s = 3 * (y * width + axis.starts[x])
              for k in axis.offsets[x]..<axis.offsets[x + 1] {
                let weight = weights[k]
                red &+= Int32(stored[s]) &* weight
                green &+= Int32(stored[s &+ 1]) &* weight
                blue &+= Int32(stored[s &+ 2]) &* weight
                s &+= 3
              }
              target[t] = Resampling.sample(red)
              target[t + 1] = Resampling.sample(green)
              target[t + 2] = Resampling.sample(blue)
              t += 3
            }
          }
        }
      }
      initialized = target.count
    }
    return Raster(width: count, height: rows.count, samples: mixed)
  }

  /// Row 0 of this raster is row `origin` of the picture that `axis` counts in.
  private func mixingRows(_ axis: Resampling, from origin: Int) -> Raster {
    let (count, row) = (axis.starts.count, 3 * width)
    var sums = [Int32](repeating: 0, count: row)
    let mixed = [UInt8](unsafeUninitializedCapacity: row * count) { target, initialized in
      samples.withUnsafeBufferPointer { stored in
        sums.withUnsafeMutableBufferPointer { sums in
          for y in 0..<count {
            sums.update(repeating: Resampling.half)
            // Row by row rather than sample by sample: neighbours in memory, which the compiler turns into vectors.
            for k in axis.offsets[y]..<axis.offsets[y + 1] {
              let weight = axis.weights[k]
              let s = (axis.starts[y] + k - axis.offsets[y] - origin) * row
              for i in 0..<row { sums[i] &+= Int32(stored[s &+ i]) &* weight }
            }
            for i in 0..<row { target[y * row + i] = Resampling.sample(sums[i]) }
          }
        }
      }
      initialized = target.count
    }
    return Raster(width: width, height: count, samples: mixed)
  }
}

extension Resampling {
  /// One half in fixed point, so that cutting rounds.
  fileprivate static let half: Int32 = 1 << (precision - 1)

  fileprivate static func sample(_ sum: Int32) -> UInt8 {
    UInt8(truncatingIfNeeded: min(max(sum >> precision, 0), 255))
  }
}

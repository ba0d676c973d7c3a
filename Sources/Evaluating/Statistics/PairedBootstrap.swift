import Tensors

extension [Double?] {
  /// The mean of the numbers that there are; `nil` where there are none.
  var knownMean: Double? {
    let known = compactMap { $0 }
    return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
  }
}

/// Intervals of means by drawing photographs again: the percentile bootstrap.
///
///     [q₂.₅, q₉₇.₅] of the means of n photographs drawn from the n with replacement, 2000 times
///
/// The draws are the same for all that is compared, so that a difference is one between pairs. Source: Efron and
/// Tibshirani, "An introduction to the bootstrap", 1993, chapter 13.
struct PairedBootstrap: Sendable {
  var resamples = 2000
  var seed: UInt64 = 0

  /// The interval that holds the mean of such photographs with a probability of 95 %; `nil` where fewer than two have a
  /// value.
  func interval(of values: [Double?]) -> ClosedRange<Double>? {
    let known = values.indices.filter { values[$0] != nil }
    guard known.count > 1 else { return nil }
    var means: [Double] = []
    means.reserveCapacity(resamples)
    for draw in 0..<resamples {
      var generator = SplitMix64(seed: seed, stream: draw)
      var (sum, count) = (0.0, 0)
      while count == 0 {
        for _ in values.indices {
          guard let value = values[generator.below(values.count)] else { continue }
          sum += value
          count += 1
        }
      }
      means.append(sum / Double(count))
    }
    means.sort()
    return quantile(0.025, of: means)...quantile(0.975, of: means)
  }

  /// How many pairs must agree before a difference is told at all: of fewer, all agree by chance more often than once in
  /// twenty times (the sign test), and draws from so few are all alike.
  static let fewestPairs = 6

  /// Whether one lot of numbers is greater than another in the mean, photograph by photograph, with a certainty of 95 %.
  func tells(_ values: [Double?], above others: [Double?]) -> Bool {
    let pairs = zip(values, others).count { $0 != nil && $1 != nil }
    guard pairs >= Self.fewestPairs, let difference = interval(of: values, less: others) else { return false }
    return difference.lowerBound > 0
  }

  /// The same of the differences, photograph by photograph, where both have a value.
  func interval(of values: [Double?], less others: [Double?]) -> ClosedRange<Double>? {
    interval(of: zip(values, others).map { a, b in a.flatMap { a in b.map { a - $0 } } })
  }

  private func quantile(_ share: Double, of sorted: [Double]) -> Double {
    let place = share * Double(sorted.count - 1), lower = Int(place)
    let upper = min(lower + 1, sorted.count - 1)
    return sorted[lower] + (place - Double(lower)) * (sorted[upper] - sorted[lower])
  }
}

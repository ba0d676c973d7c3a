#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Numbers along a line of the sheet, with round ones to write beside it.
package struct Axis: Hashable {
  /// The first and the last number.
  package let range: ClosedRange<Double>
  /// Round numbers within, a few of them.
  package let ticks: [Double]

  /// An axis that holds these numbers and ends in round ones.
  package init(holding numbers: [Double]) {
    let known = numbers.filter(\.isFinite)
    var (least, greatest) = (known.min() ?? 0, known.max() ?? 1)
    // Of equal numbers, some room on both sides.
    if least == greatest {
      let room = max(abs(least) * 0.1, 1e-6)
      (least, greatest) = (least - room, greatest + room)
    }
    let step = Self.roundStep(for: greatest - least)
    let first = (least / step + 1e-9).rounded(.down), last = (greatest / step - 1e-9).rounded(.up)
    range = first * step...max(last, first + 1) * step
    ticks = (0...Int(max(last - first, 1))).map { (first + Double($0)) * step }
  }

  /// 1, 2 or 5 times a power of ten, of which four or so make up an extent.
  private static func roundStep(for extent: Double) -> Double {
    let rough = extent / 4, power = pow(10, log10(rough).rounded(.down))
    return power * (rough / power <= 1.0001 ? 1 : rough / power <= 2.0001 ? 2 : rough / power <= 5.0001 ? 5 : 10)
  }

  /// Where a number stands between two ends of a line.
  package func place(_ number: Double, from start: Double, to end: Double) -> Double {
    start + (number - range.lowerBound) / (range.upperBound - range.lowerBound) * (end - start)
  }
}

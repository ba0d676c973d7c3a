import AttributionKit

/// The running means of curves, value by value over each place.
///
/// Where curves have other places, as thresholds and segments have from picture to picture, they are averaged at even places
/// between their own ("vertical averaging": Fawcett, Pattern Recognition Letters 2006, doi:10.1016/j.patrec.2005.10.010).
struct CurveMeans: Sendable {
  private var sums: [(curve: MetricCurve, y: [Double])] = []
  private var count = 0
  private static let evenPlaces = 201

  mutating func add(_ curves: [MetricCurve]) {
    if count == 0 { sums = curves.map { ($0, $0.y.map { _ in 0 }) } }
    guard curves.count == sums.count else { return }
    for (index, curve) in curves.enumerated() where curve.x != sums[index].curve.x { makeEven(index) }
    count += 1
    for (index, curve) in curves.enumerated() {
      let places = sums[index].curve.x
      let values = curve.x == places ? curve.y : places.map(curve.value)
      for (place, value) in values.enumerated() { sums[index].y[place] += Double(value) }
    }
  }

  /// Brings a sum to even places.
  private mutating func makeEven(_ index: Int) {
    let (curve, y) = sums[index]
    guard let first = curve.x.first, let last = curve.x.last, curve.x.count > 1 else { return }
    let places = (0..<Self.evenPlaces).map { first + (last - first) * Float($0) / Float(Self.evenPlaces - 1) }
    guard places != curve.x else { return }
    let sum = curve.with(x: curve.x, y: y.map { Float($0) })
    sums[index] = (curve.with(x: places, y: places.map { _ in 0 }), places.map { Double(sum.value(at: $0)) })
  }

  var means: [MetricCurve] { sums.map { curve, y in curve.with(x: curve.x, y: y.map { Float($0 / Double(count)) }) } }
}

extension MetricCurve {
  fileprivate func with(x: [Float], y: [Float]) -> MetricCurve {
    MetricCurve(name, places: places, values: values, x: x, y: y)
  }

  /// The value at a place, straight between neighbours; where the curve rises at once, above, and outside of it, that of its
  /// end.
  fileprivate func value(at place: Float) -> Float {
    var (low, high) = (0, x.count)
    while low < high {
      let middle = (low + high) / 2
      if x[middle] <= place { low = middle + 1 } else { high = middle }
    }
    guard low > 0, low < x.count else { return low == 0 ? y.first ?? .nan : y[x.count - 1] }
    return y[low - 1] + (y[low] - y[low - 1]) * (place - x[low - 1]) / (x[low] - x[low - 1])
  }
}

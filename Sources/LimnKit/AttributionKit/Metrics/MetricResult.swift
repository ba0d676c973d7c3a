/// What a metric says of one explanation.
public struct MetricResult: Hashable, Sendable {
  /// The number; `nil` where the metric is not defined for the explanation, and ``remarks`` say why.
  public let value: Float?
  /// What the number was made from, where that is a function.
  public let curves: [MetricCurve]
  /// What people should know before they believe the number, each in a clause without capital or full stop.
  public let remarks: [String]

  /// A number, which must be finite: of another, no result is made but ``undefined(_:)``.
  public init(_ value: Float, curves: [MetricCurve] = [], remarks: [String] = []) {
    self.value = value.isFinite ? value : nil
    self.curves = curves
    self.remarks = value.isFinite ? remarks : remarks + ["the result is no finite number"]
  }

  private init(undefined reason: String) { (value, curves, remarks) = (nil, [], [reason]) }

  /// No number, because of a reason: a clause without capital or full stop.
  public static func undefined(_ reason: String) -> MetricResult { MetricResult(undefined: reason) }
}

/// A function behind a metric's number, by its values at some places.
public struct MetricCurve: Hashable, Sendable {
  /// What is drawn, as a legend has it: `insertion`.
  public let name: String
  /// What the places are: `share of pixels shown`.
  public let places: String
  /// What the values are: `probability`.
  public let values: String
  /// The places, ascending.
  public let x: [Float]
  /// The value at each of the places.
  public let y: [Float]

  public init(_ name: String, places: String, values: String, x: [Float], y: [Float]) {
    precondition(x.count == y.count, "\(x.count) places for \(y.count) values")
    (self.name, self.places, self.values, self.x, self.y) = (name, places, values, x, y)
  }

  /// The mean value: the area beneath it by the trapezoid rule over the places as they are, divided by their extent.
  public var mean: Float {
    guard let first = x.first, let last = x.last, last > first else { return y.first ?? .nan }
    let area = zip(zip(x, x.dropFirst()), zip(y, y.dropFirst())).reduce(0.0) { sum, trapezoid in
      let ((a, b), (u, v)) = trapezoid
      return sum + (Double(b) - Double(a)) * (Double(u) + Double(v)) / 2
    }
    return Float(area / (Double(last) - Double(first)))
  }
}

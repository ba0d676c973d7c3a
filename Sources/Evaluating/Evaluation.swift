public import AttributionKit
import Explaining

/// Methods judged by metrics over photographs: the numbers, and what they say together.
///
/// Of a photograph with several targets the mean over these counts, so that every photograph counts once.
public struct Evaluation: Sendable {
  public let methods: [MethodExpression]
  public let metrics: [MetricExpression]
  /// How many photographs were judged.
  public private(set) var photographs = 0
  /// How many pictures and targets were judged.
  public private(set) var targets = 0
  private var cells: [Cell]
  /// Where the numbers of each picture stand in the cells.
  private var rows: [Int: Int] = [:]

  /// What one metric said of one method.
  struct Cell: Sendable {
    /// For each photograph the sum of the numbers and how many there were.
    var sums: [(sum: Double, count: Int)] = []
    /// Why there was no number, the first time.
    var reason: String?
    var curves = CurveMeans()
  }

  /// Nothing yet, of these methods by these metrics.
  package init(of methods: [MethodExpression], by metrics: [MetricExpression]) {
    (self.methods, self.metrics) = (methods, metrics)
    cells = Array(repeating: Cell(), count: methods.count * metrics.count)
  }

  mutating func add(_ finding: Finding) {
    add(
      finding.result.value, picture: finding.index, method: finding.method.identifier,
      metric: finding.metric.identifier,
      because: finding.result.remarks.last, curves: finding.result.curves)
  }

  /// Adds a number, or that there is none and why.
  ///
  /// - Parameters:
  ///   - value: the number.
  ///   - picture: which of the pictures it is of.
  ///   - method: the method's expression.
  ///   - metric: the metric's expression.
  ///   - reason: why there is no number.
  ///   - curves: what it was made from.
  package mutating func add(
    _ value: Float?, picture: Int, method: String, metric: String, because reason: String?, curves: [MetricCurve] = []
  ) {
    guard let method = methods.firstIndex(where: { $0.identifier == method }),
      let metric = metrics.firstIndex(where: { $0.identifier == metric })
    else { return }
    let row = rows[picture] ?? photographs
    if row == photographs {
      (rows[picture], photographs) = (row, photographs + 1)
      for cell in cells.indices { cells[cell].sums.append((0, 0)) }
    }
    if method == 0, metric == 0 { targets += 1 }
    let cell = metric * methods.count + method
    guard let value else {
      cells[cell].reason = cells[cell].reason ?? reason
      return
    }
    let (sum, count) = cells[cell].sums[row]
    cells[cell].sums[row] = (sum + Double(value), count + 1)
    cells[cell].curves.add(curves)
  }

  /// For each photograph what a metric said of a method; `nil` where it is not defined there.
  public func values(of method: Int, by metric: Int) -> [Double?] {
    cells[metric * methods.count + method].sums.map { $0.count == 0 ? nil : $0.sum / Double($0.count) }
  }

  /// Why a metric said nothing of a method where it did not, the first time; `nil` where it always did.
  public func reason(of method: Int, by metric: Int) -> String? { cells[metric * methods.count + method].reason }

  /// Why no metric has a number for any method; `nil` where one has.
  public var failure: String? {
    guard photographs > 0, cells.allSatisfy({ cell in cell.sums.allSatisfy { $0.count == 0 } }) else { return nil }
    return cells.lazy.compactMap(\.reason).first ?? "no metric is defined here"
  }

  /// The mean over all targets of the curves behind a metric's numbers; where targets have values at other places, between
  /// those at 201 even ones.
  public func curves(of method: Int, by metric: Int) -> [MetricCurve] {
    cells[metric * methods.count + method].curves.means
  }
}

/// The linear function that fits values best in the mean of squares, weighed and with a penalty on large coefficients.
///
///     argmin Σᵢ wᵢ (yᵢ − c − Σⱼ bⱼ xᵢⱼ)² + α Σⱼ bⱼ²
///
/// It is solved by Cholesky's decomposition of the normal equations, in double precision; a feature that is a sum of others,
/// where nothing is penalised, has the coefficient 0.
public struct LinearRegression: Hashable, Sendable {
  /// `c`; 0 where none was asked for.
  public let intercept: Float
  /// `b`, one for each feature.
  public let coefficients: [Float]

  /// - Parameters:
  ///   - values: `y`, one for each sample.
  ///   - features: `x`, for each sample as many numbers.
  ///   - weights: `w`, one for each sample, none negative; `nil` for equal ones.
  ///   - penalty: `α`; the intercept is not penalised.
  ///   - hasIntercept: Whether there is a `c`.
  public init(
    of values: [Float], by features: [[Float]], weights: [Float]? = nil, penalty: Double = 0, hasIntercept: Bool = true
  ) {
    let weights = weights?.map(Double.init) ?? Array(repeating: 1, count: values.count)
    precondition(features.count == values.count && weights.count == values.count, "a row of features for each value")
    let count = features.first?.count ?? 0
    let total = weights.reduce(0, +)
    func mean(_ number: (Int) -> Double) -> Double {
      guard hasIntercept, total > 0 else { return 0 }
      return values.indices.reduce(0.0) { $0 + weights[$1] * number($1) } / total
    }
    let level = mean { Double(values[$0]) }
    let center = (0..<count).map { j in mean { Double(features[$0][j]) } }
    var equations = NormalEquations(count: count)
    for i in values.indices where weights[i] > 0 {
      equations.add(
        (0..<count).map { Double(features[i][$0]) - center[$0] }, Double(values[i]) - level, weight: weights[i])
    }
    let solution = equations.solved(penalty: penalty)
    coefficients = solution.map(Float.init)
    intercept = Float(level - zip(solution, center).reduce(0) { $0 + $1.0 * $1.1 })
  }
}

/// `Xᵀ W X b = Xᵀ W y`.
private struct NormalEquations {
  private let count: Int
  private var matrix: [Double]
  private var side: [Double]

  init(count: Int) {
    self.count = count
    matrix = Array(repeating: 0, count: count * count)
    side = Array(repeating: 0, count: count)
  }

  mutating func add(_ row: [Double], _ value: Double, weight: Double) {
    for i in 0..<count where row[i] != 0 {
      let factor = weight * row[i]
      side[i] += factor * value
      for j in 0...i { matrix[i * count + j] += factor * row[j] }
    }
  }

  func solved(penalty: Double) -> [Double] {
    var lower = matrix, solution = side
    for i in 0..<count { lower[i * count + i] += penalty }
    for i in 0..<count {
      let whole = lower[i * count + i]
      for j in 0...i {
        let sum = (0..<j).reduce(lower[i * count + j]) { $0 - lower[i * count + $1] * lower[j * count + $1] }
        let pivot = lower[j * count + j]
        if i == j {
          // What is left of a dependent feature is rounding.
          lower[i * count + i] = sum > 1e-10 * whole ? sum.squareRoot() : 0
        } else {
          lower[i * count + j] = pivot > 0 ? sum / pivot : 0
        }
      }
    }
    func divided(_ value: Double, at i: Int) -> Double {
      lower[i * count + i] > 0 ? value / lower[i * count + i] : 0
    }
    for i in 0..<count {
      solution[i] = divided((0..<i).reduce(solution[i]) { $0 - lower[i * count + $1] * solution[$1] }, at: i)
    }
    for i in (0..<count).reversed() {
      solution[i] = divided((i + 1..<count).reduce(solution[i]) { $0 - lower[$1 * count + i] * solution[$1] }, at: i)
    }
    return solution
  }
}

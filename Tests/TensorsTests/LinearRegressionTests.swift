import Tensors
import TestSupport
import Testing

@Suite struct LinearRegressionTests {
  let rows = (0..<12).map { i in (0..<3).map { Tensor.scattered([36], 0.618).scalars[i * 3 + $0] } }

  @Test func `a linear function is found again`() {
    let fit = LinearRegression(of: rows.map { 2 + 3 * $0[0] - $0[1] + 0.5 * $0[2] }, by: rows)
    for (found, expected) in zip(fit.coefficients + [fit.intercept], [3, -1, 0.5, 2] as [Float]) {
      #expect(abs(found - expected) < 1e-5)
    }
    let through = LinearRegression(of: rows.map { 3 * $0[0] - $0[1] }, by: rows, hasIntercept: false)
    #expect(through.intercept == 0 && abs(through.coefficients[0] - 3) < 1e-5 && abs(through.coefficients[2]) < 1e-5)
  }

  /// Where the loss is least its slope is zero: Σ w (y − c − b·x) = 0 and Σ w (y − c − b·x) x = α b.
  @Test(arguments: [0, 0.7]) func `the slope of the loss is zero`(penalty: Double) {
    let y = Tensor.scattered([12], 0.4142).scalars, w = (0..<12).map { 0.1 + Float($0 % 4) }
    let fit = LinearRegression(of: y, by: rows, weights: w, penalty: penalty)
    let errors = (0..<12).map { i in
      y[i] - fit.intercept - zip(fit.coefficients, rows[i]).reduce(0) { $0 + $1.0 * $1.1 }
    }
    #expect(abs(zip(w, errors).reduce(0) { $0 + $1.0 * $1.1 }) < 1e-5)
    for j in 0..<3 {
      let slope = (0..<12).reduce(Float(0)) { $0 + w[$1] * errors[$1] * rows[$1][j] }
      #expect(abs(slope - Float(penalty) * fit.coefficients[j]) < 1e-5)
    }
  }

  /// By scikit-learn's `Ridge`: `Tests/Tools/regression_references.py`.
  @Test func `the coefficients are those of scikit-learn`() {
    func number(_ i: Int, _ j: Int) -> Float { Float((3 * i + 5 * j + i * j) % 8) / 8 }
    let rows = (0..<8).map { i in [number(i, 0), number(i, 1), number(i, 2)] }
    let values: [Float] = (0..<8).map { Float((7 * $0 * $0 + 3) % 16) / 4 }
    let weights: [Float] = (0..<8).map { Float(1 + $0 % 4) / 4 }
    let fit = LinearRegression(of: values, by: rows, weights: weights, penalty: 0.5)
    let expected: [Float] = [0.526680, 1.157115, 0.218379, 1.399580]
    for (found, expected) in zip(fit.coefficients + [fit.intercept], expected) {
      let error: Float = abs(found - expected)
      #expect(error < 1e-5)
    }
  }

  @Test func `what is a sum of others counts nothing`() {
    let fit = LinearRegression(of: rows.map { 4 * $0[0] + $0[1] }, by: rows.map { [$0[0], $0[1], $0[0] + $0[1]] })
    #expect(abs(fit.coefficients[0] - 4) < 1e-4 && abs(fit.coefficients[1] - 1) < 1e-4 && fit.coefficients[2] == 0)
    #expect(LinearRegression(of: [], by: []).coefficients.isEmpty)
    #expect(LinearRegression(of: [3, 3], by: [[1], [1]]).intercept == 3)
  }
}

import GraphEngine
import Kernels

/// A value as a number times values: `0.5 · x · (1 + erf(x/√2))`, in whatever order and grouping the file has it.
struct Product {
  var coefficient: Double = 1
  var factors: [String] = []

  /// The product that a value is, `nil` where it has more than a few factors.
  ///
  /// A value `x` to be kept is a factor, though it be a product itself.
  init?(of name: String, in recognition: Recognition, depth: Int = 4, keeping x: String? = nil) {
    if name == x {
      factors = [name]
      return
    }
    if let number = recognition.scalar(name) {
      coefficient = Double(number)
      return
    }
    guard depth > 0 else {
      factors = [name]
      return
    }
    func product(_ name: String) -> Product? { Product(of: name, in: recognition, depth: depth - 1, keeping: x) }
    if let (a, b) = recognition.operands(of: name, .multiply), let left = product(a), let right = product(b) {
      coefficient = left.coefficient * right.coefficient
      factors = left.factors + right.factors
    } else if let (a, b) = recognition.operands(of: name, .divide), let divisor = recognition.scalar(b),
      let left = product(a)
    {
      coefficient = left.coefficient / Double(divisor)
      factors = left.factors
    } else if case (.linear(let slope, 0), let input)? = recognition.function(of: name), let inner = product(input) {
      coefficient = Double(slope) * inner.coefficient
      factors = inner.factors
    } else if case (.pow(let exponent), let input)? = recognition.function(of: name), exponent == 2 || exponent == 3 {
      factors = [String](repeating: input, count: Int(exponent))
    } else {
      factors = [name]
    }
    if factors.count > 4 { return nil }
  }

  /// The other factor where this is a number times `x` and one more value.
  func other(than x: String) -> String? {
    guard factors.count == 2, let place = factors.firstIndex(of: x) else { return nil }
    return factors[1 - place]
  }
}

/// Whether two numbers differ only by the rounding of a file's float16 or float32.
func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-3 * abs(b) }

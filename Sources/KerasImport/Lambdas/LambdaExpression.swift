/// What somebody says that a Lambda layer computes: `x / 127.5 - 1`.
///
/// The code in a Lambda is Python, which is never run; this is arithmetic:
///
///     sum     = product (("+" | "-") product)*
///     product = sign (("*" | "/") sign)*
///     sign    = ("-" | "+")* power
///     power   = operand ("**" sign)?
///     operand = number | "x" | "(" sum ")" | function "(" sum ("," number)* ")"
///
/// with the functions of ``Function``; `mean`, `sum`, `max` and `min` take one or more of Keras' axes and drop them,
/// `l2_normalize` and `softmax` may take one and keep it, the last by default; `depth_to_space` takes its block.
indirect enum LambdaExpression: Hashable, Sendable {
  /// What the layer is applied to.
  case x
  case number(Double)
  case arithmetic(Arithmetic, LambdaExpression, LambdaExpression)
  /// Of an expression, with axes or the size of a block.
  case function(Function, LambdaExpression, numbers: [Int])

  enum Arithmetic: Character, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case power = "^"
  }

  enum Function: String, CaseIterable, Sendable {
    case abs, sqrt, square, exp, log, tanh, relu, sigmoid
    case mean, sum, max, min
    case l2Normalize = "l2_normalize"
    case softmax
    case depthToSpace = "depth_to_space"

    /// Whether axes must be named, or the block of `depth_to_space`.
    var needsNumbers: Bool { [.mean, .sum, .max, .min, .depthToSpace].contains(self) }
    /// Whether axes may be named.
    var takesNumbers: Bool { needsNumbers || self == .l2Normalize || self == .softmax }
  }

  /// Whether the expression is numbers and `x` added and multiplied by numbers: what rescales an image.
  var isAffine: Bool {
    switch self {
    case .x, .number: true
    case .arithmetic(.add, let a, let b), .arithmetic(.subtract, let a, let b): a.isAffine && b.isAffine
    case .arithmetic(.multiply, let a, let b): a.isAffine && b.isAffine && (a.value ?? b.value) != nil
    case .arithmetic(.divide, let a, let b): a.isAffine && b.value != nil
    case .arithmetic(.power, _, _), .function: value != nil
    }
  }

  /// The number that an expression without `x` is; `nil` for others, and for functions.
  var value: Double? {
    switch self {
    case .x, .function: return nil
    case .number(let number): return number
    case .arithmetic(let operation, let a, let b):
      guard let a = a.value, let b = b.value else { return nil }
      switch operation {
      case .add: return a + b
      case .subtract: return a - b
      case .multiply: return a * b
      case .divide: return a / b
      case .power: return power(a, b)
      }
    }
  }
}

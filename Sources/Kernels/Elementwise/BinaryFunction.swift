import COneDNN

/// A function of two scalars.
public enum BinaryFunction: Hashable, Sendable {
  case add, subtract, multiply, divide, maximum, minimum, power

  @inline(__always)
  func value(_ x: Float, _ y: Float) -> Float {
    switch self {
    case .add: x + y
    case .subtract: x - y
    case .multiply: x * y
    case .divide: x / y
    case .maximum: x > y || x.isNaN ? x : y
    case .minimum: x < y || x.isNaN ? x : y
    case .power: Kernels.power(x, y)
    }
  }

  /// oneDNN's name for the function, where it has one.
  var operation: limn_operation? {
    switch self {
    case .add: LIMN_ADD
    case .subtract: LIMN_SUBTRACT
    case .multiply: LIMN_MULTIPLY
    case .divide: LIMN_DIVIDE
    case .maximum: LIMN_MAXIMUM
    case .minimum: LIMN_MINIMUM
    case .power: nil
    }
  }

  /// Whether zeros in the padding of blocks give zeros.
  var keepsPadding: Bool { self != .divide && self != .power }

  /// The function of `x` alone that combining it with one scalar on the right is.
  func applied(toRight y: Float) -> UnaryFunction? {
    switch self {
    case .add: .linear(1, y)
    case .subtract: .linear(1, -y)
    case .multiply: .linear(y, 0)
    case .power: .pow(y)
    case .divide, .maximum, .minimum: nil
    }
  }

  /// The function of `y` alone that combining it with one scalar on the left is.
  func applied(toLeft x: Float) -> UnaryFunction? {
    switch self {
    case .add: .linear(1, x)
    case .subtract: .linear(-1, x)
    case .multiply: .linear(x, 0)
    case .divide, .power, .maximum, .minimum: nil
    }
  }
}

/// The shape that two shapes broadcast to, by NumPy's rule; `nil` where they do not.
public func broadcastShape(_ a: [Int], _ b: [Int]) -> [Int]? {
  let rank = max(a.count, b.count)
  var result: [Int] = []
  for axis in 0..<rank {
    let (i, j) = (axis - rank + a.count, axis - rank + b.count)
    let (x, y) = (i < 0 ? 1 : a[i], j < 0 ? 1 : b[j])
    guard x == y || x == 1 || y == 1 else { return nil }
    result.append(x == 1 ? y : x)
  }
  return result
}

/// The strides with which a plain array of `shape` is read as one of the wider `target`: zero along broadcast axes.
func broadcastStrides(_ shape: [Int], to target: [Int]) -> [Int] {
  let strides = rowMajorStrides(shape)
  let missing = target.count - shape.count
  return target.indices.map { axis in axis < missing || shape[axis - missing] == 1 ? 0 : strides[axis - missing] }
}

/// How two scalars may compare.
public enum Relation: Hashable, Sendable {
  case greater, greaterOrEqual, less, lessOrEqual, equal, notEqual

  @inline(__always)
  fileprivate func holds(_ x: Float, _ y: Float) -> Bool {
    switch self {
    case .greater: x > y
    case .greaterOrEqual: x >= y
    case .less: x < y
    case .lessOrEqual: x <= y
    case .equal: x == y
    case .notEqual: x != y
    }
  }
}

/// 1 where the relation holds, 0 elsewhere; the arrays broadcast by NumPy's rule.
///
/// - Returns: Truths, plain.
/// - Throws: Where the shapes do not broadcast.
public func compared(_ relation: Relation, _ a: NDArray, _ b: NDArray) throws -> NDArray {
  guard let shape = broadcastShape(a.shape, b.shape) else {
    throw KernelError("Shapes \(a.shape) and \(b.shape) do not broadcast.")
  }
  let (x, y) = (try widened(a, to: shape), try widened(b, to: shape))
  return x.mapped(with: y) { relation.holds($0, $1) ? 1 : 0 }
}

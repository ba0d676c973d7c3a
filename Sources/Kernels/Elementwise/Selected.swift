/// `x` where the condition is not zero, `y` elsewhere; all three broadcast by NumPy's rule.
///
/// - Returns: The choice, plain.
/// - Throws: Where the shapes do not broadcast.
public func selected(_ condition: NDArray, _ x: NDArray, _ y: NDArray) throws -> NDArray {
  guard let inner = broadcastShape(x.shape, y.shape), let shape = broadcastShape(condition.shape, inner) else {
    throw KernelError("Shapes \(condition.shape), \(x.shape) and \(y.shape) do not broadcast.")
  }
  let (choice, a, b) = (try widened(condition, to: shape), try widened(x, to: shape), try widened(y, to: shape))
  let result = NDArray(layout: .plain(shape))
  choice.withScalars { choice in
    a.withScalars { a in
      b.withScalars { b in
        result.fill { to in for i in 0..<choice.count { to[i] = choice[i] != 0 ? a[i] : b[i] } }
      }
    }
  }
  return result
}

/// The array in row-major order, repeated to a shape it broadcasts to.
func widened(_ x: NDArray, to shape: [Int]) throws -> NDArray {
  x.shape == shape ? x.plain() : try expanded(x, to: shape).plain()
}

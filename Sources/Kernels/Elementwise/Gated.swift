import COneDNN

/// The cotangent of a rectifier's input: that of its output where the output lies strictly between zero and `bound`.
///
/// - Parameters:
///   - cotangent: of the output's shape; its memory is taken over where nobody else holds it.
///   - output: what the rectifier computed.
///   - bound: where the rectifier clips; infinity for a ReLU.
///   - keepsNegative: whether negative cotangents pass too; guided backpropagation drops them.
/// - Returns: An array that lies as `output` does.
/// - Throws: Where the shapes differ.
public func gated(
  _ cotangent: consuming NDArray, by output: NDArray, below bound: Float = .infinity, keepsNegative: Bool = true
) throws -> NDArray {
  try require(
    cotangent.shape == output.shape,
    "A cotangent of shape \(cotangent.shape) does not fit an output of shape \(output.shape).")
  var v = (consume cotangent).reordered(to: output.layout)
  let isOwned = v.isUniquelyOwned()
  let result = isOwned ? v : NDArray(layout: output.layout)
  let least = keepsNegative ? -Float.infinity : 0
  let (from, gate, to) = (v.storage, output.storage, result.storage)
  Threads.split(result.layout.storageCount) { range in
    let (v, y, z) = (from.pointer, gate.pointer, to.pointer)
    let (zero, top, floor) = (Lanes(repeating: 0), Lanes(repeating: bound), Lanes(repeating: least))
    forEachLanes(range) { i in
      let (v, y) = (Lanes(v + i), Lanes(y + i))
      zero.replacing(with: v, where: (y .> zero) .& (y .< top) .& (v .> floor)).store(to: z + i)
    } scalar: { i in
      z[i] = y[i] > 0 && y[i] < bound && v[i] > least ? v[i] : 0
    }
  }
  return result
}

/// The positive part, `max(0, x)`, lying as `x` does; the memory of `x` is taken over where nobody else holds it.
public func rectified(_ x: consuming NDArray) -> NDArray {
  var x = x
  let result = x.isUniquelyOwned() ? x : NDArray(layout: x.layout)
  let (from, to) = (x.storage, result.storage)
  Threads.split(result.layout.storageCount) { range in
    let (x, y) = (from.pointer, to.pointer)
    forEachLanes(range) { i in
      let x = Lanes(x + i)
      x.replacing(with: 0, where: x .<= 0).store(to: y + i)
    } scalar: { i in
      y[i] = x[i] > 0 ? x[i] : 0
    }
  }
  return result
}

/// Adds `other` to `sum`, whose memory is taken over where nobody else holds it.
///
/// - Throws: Where the shapes differ.
public func accumulate(_ other: NDArray, into sum: inout NDArray) throws {
  guard other.shape == sum.shape, !sum.layout.isPlain || other.layout.isPlain, sum.isUniquelyOwned() else {
    sum = try combine(.add, sum, other)
    return
  }
  let (from, to) = (other.reordered(to: sum.layout).storage, sum.storage)
  Threads.split(sum.layout.storageCount) { range in
    let (x, y) = (from.pointer, to.pointer)
    forEachLanes(range) { i in
      (Lanes(x + i) + Lanes(y + i)).store(to: y + i)
    } scalar: { i in
      y[i] += x[i]
    }
  }
}

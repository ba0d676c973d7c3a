import COneDNN

/// The cotangent of a rectifier's input: that of its output where the output lies strictly between zero and `bound`.
///
/// - Parameters:
///   - cotangent: of the output's shape; its memory is reused where this is the only reference to it.
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
  let (from, gate, to) = (v.storage, output.storage, result.storage)
  split(result.layout.storageCount, of: [from, gate, to]) { start, count in
    switch output.layout.precision {
    case .float32:
      limn_gate(from.pointer + start, gate.pointer + start, to.pointer + start, count, bound, keepsNegative)
    case .bfloat16:
      limn_gate_bf16(from.bfloat16 + start, gate.bfloat16 + start, to.bfloat16 + start, count, bound, keepsNegative)
    }
  }
  return result
}

/// The positive part, `max(0, x)`, lying as `x` does; the memory of `x` is reused where this is the only reference to it.
public func rectified(_ x: consuming NDArray) -> NDArray {
  var x = x
  let result = x.isUniquelyOwned() ? x : NDArray(layout: x.layout)
  let (from, to) = (x.storage, result.storage)
  split(result.layout.storageCount, of: [from, to]) { start, count in
    switch result.layout.precision {
    case .float32: limn_rectify(from.pointer + start, to.pointer + start, count)
    case .bfloat16: limn_rectify_bf16(from.bfloat16 + start, to.bfloat16 + start, count)
    }
  }
  return result
}

/// Adds `other` to `sum`, whose memory is reused where this is the only reference to it.
///
/// - Throws: Where the shapes differ.
public func accumulate(_ other: NDArray, into sum: inout NDArray) throws {
  guard other.shape == sum.shape, !sum.layout.isPlain || other.layout.isPlain, sum.isUniquelyOwned() else {
    sum = try combine(.add, sum, other)
    return
  }
  let (from, to) = (other.reordered(to: sum.layout).storage, sum.storage)
  let precision = sum.layout.precision
  split(sum.layout.storageCount, of: [from, to]) { start, count in
    switch precision {
    case .float32: limn_accumulate(from.pointer + start, to.pointer + start, count)
    case .bfloat16: limn_accumulate_bf16(from.bfloat16 + start, to.bfloat16 + start, count)
    }
  }
}

/// Calls `body` with where a part starts and how long it is, until the first `count` scalars of all arrays are covered.
private func split(_ count: Int, of arrays: [Storage], _ body: (_ start: Int, _ count: Int) -> Void) {
  withExtendedLifetime(arrays) { Engine.current.split(count) { body($0.lowerBound, $0.count) } }
}

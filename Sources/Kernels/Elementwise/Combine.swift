import COneDNN

/// Combines two arrays scalar by scalar, broadcasting by NumPy's rule.
///
/// Arrays of one shape, and an array with a value per channel, stay in the layout that kernels prefer. The result is of
/// bfloat16 where both arrays are, or the one that spans it.
/// - Throws: Where the shapes do not broadcast.
public func combine(_ f: BinaryFunction, _ a: NDArray, _ b: NDArray) throws -> NDArray {
  guard let shape = broadcastShape(a.shape, b.shape), !shape.contains(0) else {
    throw KernelError("Shapes \(a.shape) and \(b.shape) do not broadcast.")
  }
  if a.shape == b.shape { return try combineAlike(f, a, b) }
  if b.count == 1, a.shape == shape, let g = f.applied(toRight: b.scalars[0]) { return try apply(g, a) }
  if a.count == 1, b.shape == shape, let g = f.applied(toLeft: a.scalars[0]) { return try apply(g, b) }
  if let result = try combinePerChannel(f, a, b, shape) { return result }
  let (x, y) = (a.plain(), b.plain())
  let result = NDArray(layout: .plain(shape))
  x.withScalars { x in
    y.withScalars { y in
      result.fill { z in
        combineRuns(
          f, shape, (x.baseAddress!, broadcastStrides(a.shape, to: shape)),
          (y.baseAddress!, broadcastStrides(b.shape, to: shape)), z)
      }
    }
  }
  return result
}

private func combineAlike(_ f: BinaryFunction, _ a: NDArray, _ b: NDArray) throws -> NDArray {
  if a.layout.precision != b.layout.precision || f.operation == nil && a.layout.precision != .float32 {
    return try combineAlike(f, a.converted(to: .float32), b.converted(to: .float32))
  }
  let layout = a.layout.isRowMajor ? b.layout : a.layout
  if layout.hasPadding, !f.keepsPadding { return try combineAlike(f, a.plain(), b.plain()).reordered(to: layout) }
  let (x, y) = (a.reordered(to: layout), b.reordered(to: layout))
  guard let operation = f.operation else { return x.mapped(with: y) { power($0, $1) } }
  let key = PrimitiveKey(kind: .binary, layouts: [layout.flat], numbers: [Int(operation.rawValue)])
  let primitive = try Primitive.cached(key) {
    let flat = try layout.flat.descriptor()
    return try Primitive("elementwise operation") {
      limn_binary(operation, flat.pointer, flat.pointer, flat.pointer, $0)
    }
  }
  let result = NDArray(layout: layout)
  try primitive.run([
    (LIMN_SOURCE, x.storage), (LIMN_SECOND_SOURCE, y.storage), (LIMN_DESTINATION, result.storage),
  ])
  return result
}

/// Sums and products of an array that spans `shape` with one that has a value per channel, `[N | 1, C, 1, …]`.
private func combinePerChannel(_ f: BinaryFunction, _ a: NDArray, _ b: NDArray, _ shape: [Int]) throws -> NDArray? {
  guard shape.count >= 3 else { return nil }
  func isPerChannel(_ candidate: [Int]) -> Bool {
    let full = Array(repeating: 1, count: shape.count - candidate.count) + candidate
    return full[1] == shape[1] && full.dropFirst(2).allSatisfy { $0 == 1 } && (full[0] == 1 || full[0] == shape[0])
  }
  let (x, values, isSwapped) = a.shape == shape ? (a, b, false) : (b, a, true)
  guard x.shape == shape, isPerChannel(values.shape), x.layout.channelWidth != nil else { return nil }
  let perChannel = values.scalars
  switch (f, isSwapped) {
  case (.add, _): return try channelwise(x, scale: nil, shift: perChannel)
  case (.subtract, false): return try channelwise(x, scale: nil, shift: perChannel.map { -$0 })
  case (.subtract, true):
    return try channelwise(x, scale: perChannel.map { _ in -1 }, shift: perChannel)
  case (.multiply, _): return try channelwise(x, scale: perChannel, shift: nil)
  case (.divide, false): return try channelwise(x, scale: perChannel.map { 1 / $0 }, shift: nil)
  default: return nil
  }
}

private func combineRuns(
  _ f: BinaryFunction, _ shape: [Int], _ a: (UnsafePointer<Float>, [Int]), _ b: (UnsafePointer<Float>, [Int]),
  _ result: UnsafeMutablePointer<Float>
) {
  @inline(__always)
  func walk(_ combine: (Float, Float) -> Float) {
    forEachRun(shape, rowMajorStrides(shape), a.1, b.1) { run in
      let (x, y, z) = (a.0 + run.offsets.1, b.0 + run.offsets.2, result + run.offsets.0)
      switch (run.strides.1, run.strides.2) {
      case (1, 1): for k in 0..<run.count { z[k] = combine(x[k], y[k]) }
      case (1, 0):
        let right = y.pointee
        for k in 0..<run.count { z[k] = combine(x[k], right) }
      case (0, 1):
        let left = x.pointee
        for k in 0..<run.count { z[k] = combine(left, y[k]) }
      case (let i, let j): for k in 0..<run.count { z[k] = combine(x[k * i], y[k * j]) }
      }
    }
  }
  // One loop per function, so that each is compiled to vector instructions.
  switch f {
  case .add: walk { $0 + $1 }
  case .subtract: walk { $0 - $1 }
  case .multiply: walk { $0 * $1 }
  case .divide: walk { $0 / $1 }
  case .maximum, .minimum, .power: walk { f.value($0, $1) }
  }
}

/// One innermost run common to three strided arrays.
struct Run {
  let count: Int
  let offsets: (Int, Int, Int)
  let strides: (Int, Int, Int)
}

/// Walks arrays of one extent along their longest common inner runs.
///
/// - Parameters:
///   - extents: how far the walk goes along each axis.
///   - a: the first array's step along each axis, zero where it repeats.
///   - b: the second array's.
///   - c: the third array's.
///   - body: takes one run after the other.
func forEachRun(_ extents: [Int], _ a: [Int], _ b: [Int], _ c: [Int], _ body: (Run) -> Void) {
  if extents.contains(0) { return }
  // Neighbouring axes along which all three simply continue are one axis.
  var axes: [(extent: Int, a: Int, b: Int, c: Int)] = []
  for axis in extents.indices where extents[axis] != 1 {
    let next = (extent: extents[axis], a: a[axis], b: b[axis], c: c[axis])
    if let last = axes.last,
      last.a == next.a * next.extent, last.b == next.b * next.extent, last.c == next.c * next.extent
    {
      axes[axes.count - 1] = (last.extent * next.extent, next.a, next.b, next.c)
    } else {
      axes.append(next)
    }
  }
  guard let inner = axes.popLast() else {
    return body(Run(count: 1, offsets: (0, 0, 0), strides: (1, 1, 1)))
  }
  var index = Array(repeating: 0, count: axes.count)
  var offsets = (0, 0, 0)
  while true {
    body(Run(count: inner.extent, offsets: offsets, strides: (inner.a, inner.b, inner.c)))
    var axis = axes.count - 1
    while axis >= 0 {
      index[axis] += 1
      offsets = (offsets.0 + axes[axis].a, offsets.1 + axes[axis].b, offsets.2 + axes[axis].c)
      if index[axis] < axes[axis].extent { break }
      let extent = axes[axis].extent
      offsets = (
        offsets.0 - extent * axes[axis].a, offsets.1 - extent * axes[axis].b, offsets.2 - extent * axes[axis].c
      )
      index[axis] = 0
      axis -= 1
    }
    if axis < 0 { return }
  }
}

/// Copies a strided view onto another of the same extents.
func copyRuns(
  _ extents: [Int], from source: UnsafePointer<Float>, strides sourceStrides: [Int],
  to target: UnsafeMutablePointer<Float>, strides targetStrides: [Int]
) {
  forEachRun(extents, targetStrides, sourceStrides, targetStrides) { run in
    let (to, from) = (target + run.offsets.0, source + run.offsets.1)
    switch (run.strides.0, run.strides.1) {
    case (1, 1): to.update(from: from, count: run.count)
    case (1, 0): to.update(repeating: from.pointee, count: run.count)
    case (let i, let j): for k in 0..<run.count { to[k * i] = from[k * j] }
    }
  }
}

/// Adds a strided view to another of the same extents.
func accumulateRuns(
  _ extents: [Int], from source: UnsafePointer<Float>, strides sourceStrides: [Int],
  to target: UnsafeMutablePointer<Float>, strides targetStrides: [Int]
) {
  forEachRun(extents, targetStrides, sourceStrides, targetStrides) { run in
    let (to, from) = (target + run.offsets.0, source + run.offsets.1)
    switch (run.strides.0, run.strides.1) {
    case (1, 1): for k in 0..<run.count { to[k] += from[k] }
    case (0, 1): to.pointee += sum(from, run.count)
    case (let i, let j): for k in 0..<run.count { to[k * i] += from[k * j] }
    }
  }
}

/// The sum of neighbouring scalars, in 32 partial sums: faster than one, and more exact.
func sum(_ scalars: UnsafePointer<Float>, _ count: Int) -> Float {
  var (low, high) = (SIMD16<Float>.zero, SIMD16<Float>.zero)
  var i = 0
  while i + 32 <= count {
    low += UnsafeRawPointer(scalars + i).loadUnaligned(as: SIMD16<Float>.self)
    high += UnsafeRawPointer(scalars + i + 16).loadUnaligned(as: SIMD16<Float>.self)
    i += 32
  }
  var total = (low + high).sum()
  while i < count {
    total += scalars[i]
    i += 1
  }
  return total
}

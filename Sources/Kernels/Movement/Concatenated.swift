import COneDNN

/// Arrays joined along an axis; along channels they stay in the layout that kernels prefer.
///
/// - Parameters:
///   - xs: arrays whose shapes differ along `axis` at most.
///   - axis: may be negative, counting from the end.
/// - Returns: The joined array.
/// - Throws: Where the shapes do not fit together.
public func concatenated(_ xs: [NDArray], axis: Int) throws -> NDArray {
  guard let first = xs.first else { throw KernelError("Nothing cannot be concatenated.") }
  let axis = axis < 0 ? axis + first.shape.count : axis
  try require(first.shape.indices.contains(axis), "An array of shape \(first.shape) has no axis \(axis).")
  func others(_ x: NDArray) -> [Int] { x.shape.indices.filter { $0 != axis }.map { x.shape[$0] } }
  try require(
    xs.allSatisfy { $0.shape.count == first.shape.count && others($0) == others(first) && !$0.shape.contains(0) },
    "Arrays of shapes \(xs.map(\.shape)) cannot be concatenated along axis \(axis).")
  if xs.count == 1 { return first }
  var shape = first.shape
  shape[axis] = xs.map { $0.shape[axis] }.reduce(0, +)
  if let blocked = xs.first(where: { !$0.layout.isPlain }), let result = try? joined(xs, shape, axis, like: blocked) {
    return result
  }
  return joinedPlain(xs, shape, axis)
}

private func joined(_ xs: [NDArray], _ shape: [Int], _ axis: Int, like model: NDArray) throws -> NDArray? {
  guard let target = model.layout.sibling(shape) else { return nil }
  let sources = xs.compactMap { x in model.layout.sibling(x.shape).map(x.reordered(to:)) }
  guard sources.count == xs.count else { return nil }
  if axis == 1, let result = joinedBlocks(sources, target) { return result }
  let key = PrimitiveKey(kind: .concatenation, layouts: sources.map(\.layout) + [target], numbers: [axis])
  let primitive = try Primitive.cached(key) {
    let descriptors = try sources.map { Optional(try $0.layout.descriptor().pointer) }
    let destination = try target.descriptor()
    return try Primitive("concatenation") {
      limn_concatenation(Int32(descriptors.count), descriptors, Int32(axis), destination.pointer, $0)
    }
  }
  let result = NDArray(layout: target)
  let operands = sources.enumerated().map { (Int32(LIMN_SOURCES.rawValue) + Int32($0.offset), $0.element.storage) }
  try primitive.run(operands + [(Int32(LIMN_DESTINATION.rawValue), result.storage)])
  return result
}

/// Along channels, where whole blocks of them follow one another: each image's part of an array is one piece of memory.
private func joinedBlocks(_ xs: [NDArray], _ target: Layout) -> NDArray? {
  guard let width = target.channelWidth,
    xs.allSatisfy({ $0.layout.channelWidth == width && $0.shape[1] % width == 0 })
  else { return nil }
  let result = NDArray(layout: target)
  let images = target.shape[0], stride = target.byteCount / images
  let to = UnsafeMutableRawPointer(result.storage.pointer)
  var offset = 0
  for x in xs {
    let length = x.layout.byteCount / images
    withExtendedLifetime((x.storage, result.storage)) {
      let from = UnsafeRawPointer(x.storage.pointer)
      for image in 0..<images {
        let (source, destination) = (from + image * length, to + image * stride + offset)
        Engine.current.split(length) {
          (destination + $0.lowerBound).copyMemory(from: source + $0.lowerBound, byteCount: $0.count)
        }
      }
    }
    offset += length
  }
  return result
}

private func joinedPlain(_ xs: [NDArray], _ shape: [Int], _ axis: Int) -> NDArray {
  let result = NDArray(layout: .plain(shape))
  let strides = rowMajorStrides(shape)
  var offset = 0
  for x in xs {
    x.plain().withScalars { from in
      result.fill { to in
        copyRuns(
          x.shape, from: from.baseAddress!, strides: rowMajorStrides(x.shape), to: to + offset, strides: strides)
      }
    }
    offset += x.shape[axis] * strides[axis]
  }
  return result
}

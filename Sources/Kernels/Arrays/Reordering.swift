import COneDNN

extension NDArray {
  /// The array in row-major order and float32; itself where it lies so already.
  public func plain() -> NDArray { layout.isPlain ? self : reordered(to: .plain(shape)) }

  /// The array in row-major order; itself where it lies so already.
  func rowMajor(_ precision: Precision) -> NDArray { reordered(to: .rowMajor(shape, precision)) }

  /// The array in another layout of the same shape; itself where it lies so already.
  ///
  /// A constant remembers the result, so that weights are reordered once per network.
  public func reordered(to target: Layout) -> NDArray {
    if target == layout { return self }
    precondition(target.shape == shape, "\(shape) cannot be laid out as \(target.shape)")
    guard isConstant else { return NDArray(layout: target, storage: freshlyReordered(to: target)) }
    let copy = storage.remembered(from: layout, to: target) { freshlyReordered(to: target) }
    return NDArray(layout: target, storage: copy, isConstant: true)
  }

  /// The array in another precision, in the same order where there is one; itself where it is so already.
  ///
  /// A constant remembers the result. Scalars and empty arrays, which no kernel takes, stay as they are.
  public func converted(to precision: Precision) -> NDArray {
    if precision == layout.precision || shape.isEmpty || shape.contains(0) { return self }
    return reordered(to: layout.sibling(shape, precision) ?? .rowMajor(shape, precision))
  }

  /// The same scalars under another shape; shares memory with the plain array.
  public func reshaped(_ shape: [Int]) -> NDArray {
    if shape == self.shape { return self }
    precondition(shape.reduce(1, *) == count, "\(self.shape) cannot be reshaped to \(shape)")
    let array = plain()
    return NDArray(layout: .plain(shape), storage: array.storage, isConstant: array.isConstant)
  }

  private func freshlyReordered(to target: Layout) -> Storage {
    let result = Storage(for: target)
    do {
      let key = PrimitiveKey(kind: .reorder, layouts: [layout, target])
      let primitive = try Primitive.cached(key) {
        let (from, to) = (try layout.descriptor(), try target.descriptor())
        return try Primitive("reorder") { limn_reorder(from.pointer, to.pointer, $0) }
      }
      try storage.passingThrough { try primitive.run([(LIMN_SOURCE, $0), (LIMN_DESTINATION, result)]) }
    } catch {
      // Both layouts come from oneDNN, which converts between any two of its own: only memory can be lacking.
      preconditionFailure("\(error)")
    }
    return result
  }
}

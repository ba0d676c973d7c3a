import GraphEngine
import Kernels

extension ONNXValue {
  /// How many images the file says it takes at a time; `nil` where that is open, or this is no image.
  var declaredImages: Int? {
    guard let shape, shape.count >= 4, case .fixed(let images) = shape[0] else { return nil }
    return images
  }

  /// What the file calls an open first axis; `nil` where it has a number or no name.
  var batchAxis: String? {
    guard let first = shape?.first, case .open(let name) = first, !name.isEmpty else { return nil }
    return name
  }

  /// An array that the input is fixed to, as the file means it.
  ///
  /// - Parameters:
  ///   - array: the array, of the declared shape; the first axis may be missing where it is one. A single number without
  ///     a shape stands everywhere.
  ///   - images: the number of images: one row stands for all where the first axis counts images.
  ///   - batchAxis: what the file calls the axis of images in the image's own input.
  /// - Returns: the array as a constant of the declared type.
  /// - Throws: ``ONNXError/wrongShape(input:declared:asked:)``, ``ONNXError/wrongValue(input:reason:)``.
  func constant(_ array: NDArray, images: Int, batchAxis: String?) throws(ONNXError) -> Constant {
    var shape = array.shape, array = array
    if let declared = self.shape {
      // A single number without a shape stands for as many as there are.
      if shape.isEmpty {
        shape = declared.map { if case .fixed(let extent) = $0 { extent } else { 1 } }
        array = NDArray([Float](repeating: array.scalars[0], count: shape.reduce(1, *)), shape: shape)
      }
      if shape.count + 1 == declared.count { shape = [1] + shape }
      let wrong = ONNXError.wrongShape(input: name, declared: spelledShape, asked: array.shape)
      guard shape.count == declared.count else { throw wrong }
      for (axis, extent) in declared.enumerated() {
        guard case .fixed(let extent) = extent, extent != shape[axis] else { continue }
        guard axis == 0, shape[0] == 1, extent == images else { throw wrong }
      }
    }
    let constant = try typed(array, shape: shape)
    guard images > 1, shape.first == 1, let first = self.shape?.first else { return constant }
    let isForEachImage: Bool =
      switch first {
      case .fixed(let extent): extent == images
      case .open(let name): !name.isEmpty && name == batchAxis
      }
    return isForEachImage ? constant.broadcast(to: [images] + shape.dropFirst()) : constant
  }

  private func typed(_ array: NDArray, shape: [Int]) throws(ONNXError) -> Constant {
    if elementType.isReal { return Constant(reals: array.reshaped(shape), type: elementType) }
    let numbers = array.scalars
    guard let range = elementType.range,
      let odd = numbers.first(where: { !($0 == $0.rounded() && abs($0) < 0x1p62 && range.contains(Int($0))) })
    else { return Constant(integers: numbers.map { Int($0) }, shape: shape, type: elementType) }
    throw .wrongValue(input: name, reason: "it takes numbers of type \(elementType), and \(odd) is none")
  }
}

import Kernels

extension LinearizationPoint {
  /// The input `index`, which the operator's needs have kept.
  func input(_ index: Int) -> NDArray {
    guard let array = inputs[index] else { preconditionFailure("an operator reads an input it did not ask for") }
    return array
  }

  /// The output, which the operator's needs have kept.
  var keptOutput: NDArray {
    guard let output else { preconditionFailure("an operator reads an output it did not ask for") }
    return output
  }

  /// The weights at `index`, which must not depend on the image.
  func constant(_ index: Int, of op: some Operator) throws -> NDArray {
    guard let array = inputs[index], !wanted[index] else {
      throw ShapeError("\(op.name) with weights that depend on the image cannot be differentiated")
    }
    return array
  }

  /// Room for the cotangents of all inputs but the first, none of which is wanted.
  var noWeights: [NDArray?] { Array(repeating: nil, count: inputShapes.count - 1) }
}

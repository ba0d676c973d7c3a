import AttributionKit
import GraphEngine
import Kernels
import Tensors

extension GraphModel {
  /// The outputs of a number of images, each `[images]` + its shape, out of what the network computed for them: an array
  /// for each of ``values``.
  func outputs(in arrays: [Tensor], of images: Int) -> [Tensor] {
    heads.map { head in
      let array = arrays[values.firstIndex(of: head.value) ?? 0], shape = [images] + head.output.shape
      guard let layout = head.layout, !layout.isPlain else { return array.reshaped(shape) }
      let each = array.scalars.count / max(1, images)
      return Tensor(
        (0..<images).flatMap { layout.maps(in: Array(array.scalars[$0 * each..<($0 + 1) * each])).scalars },
        shape: shape)
    }
  }

  /// Where a walk back starts: the cotangents of the network's own values, for as many images as there are cotangents.
  func starts(_ cotangents: [Cotangents], in plan: Plan) throws -> [String: NDArray] {
    var starts: [String: NDArray] = [:]
    for (index, head) in heads.enumerated() where cotangents.contains(where: { $0[index] != nil }) {
      let start = native(cotangents.map { $0[index] }, of: head, shape: plan.shape(of: head.value) ?? [])
      // Two outputs may be made of the same scores.
      starts[head.value] = try starts[head.value].map { try combine(.add, $0, start) } ?? start
    }
    return starts
  }

  /// Cotangents of an output, one for each image, as the network holds them; what belongs to no place has none.
  private func native(_ cotangents: [Tensor?], of head: Head, shape: [Int]) -> NDArray {
    let isPlain = head.layout?.isPlain ?? true
    if isPlain, cotangents.count == 1, let cotangent = cotangents[0] { return NDArray(cotangent).reshaped(shape) }
    let zeros = [Float](repeating: 0, count: shape.reduce(1, *) / max(1, cotangents.count))
    let scalars = cotangents.flatMap { cotangent in
      guard let cotangent else { return zeros }
      return isPlain ? cotangent.scalars : head.layout?.putting(cotangent, into: zeros) ?? zeros
    }
    return NDArray(scalars, shape: shape)
  }
}

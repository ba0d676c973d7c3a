import GraphEngine
import Kernels
import Tensors

extension GraphModel {
  /// The logits of a number of images, `[images]` + ``logitsShape``, out of what the network computed for them.
  func logits(in array: Tensor, of images: Int) -> Tensor {
    let shape = [images] + logitsShape
    guard let layout = logitsLayout, !layout.isPlain else { return array.reshaped(shape) }
    let each = array.scalars.count / max(1, images)
    return Tensor(
      (0..<images).flatMap { layout.maps(in: Array(array.scalars[$0 * each..<($0 + 1) * each])).scalars }, shape: shape)
  }

  /// A cotangent of the logits as the network holds them; what belongs to no place has none.
  func nativeCotangent(_ cotangent: Tensor) -> NDArray {
    let shape = plan.shape(of: logitsName) ?? cotangent.shape
    guard let layout = logitsLayout, !layout.isPlain else { return NDArray(cotangent).reshaped(shape) }
    return NDArray(layout.putting(cotangent, into: Array(repeating: 0, count: shape.reduce(1, *))), shape: shape)
  }
}

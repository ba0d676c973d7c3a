#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
import AttributionKit
public import Tensors

extension ChainStep {
  /// A convolution with kernels `[out, in, size, size]` at stride one, padded with zeros to keep the extent.
  public static func convolution(_ name: String, kernels: Tensor, bias: Tensor) -> ChainStep {
    ChainStep(
      name: name, operatorName: "Convolution", kind: .linear,
      part: { .convolution(name, kernels: $0.part(of: kernels), bias: $1 ? $0.part(of: bias) : 0 * bias) }
    ) { x in
      var y = Tensor(repeating: 0, shape: [kernels.shape[0], x.shape[1], x.shape[2]])
      for o in 0..<y.shape[0] { for p in 0..<x.area { y[o * x.area + p] = bias.scalars[o] } }
      taps(kernels, over: x.shape) { kernel, from, to in y[to] += kernels.scalars[kernel] * x.scalars[from] }
      return y
    } pullback: { v, x in
      var g = Tensor(repeating: 0, shape: x.shape)
      taps(kernels, over: x.shape) { kernel, from, to in g[from] += kernels.scalars[kernel] * v.scalars[to] }
      return g
    }
  }

  public static func relu(_ name: String) -> ChainStep {
    ChainStep(name: name, operatorName: "ReLU", activation: .rectifier, kind: .activation) {
      $0.rectified()
    } pullback: { v, x in
      v * x.map { $0 > 0 ? 1 : 0 }
    }
  }

  /// `x / (1 + e⁻ˣ)`, an activation function that is not a rectifier.
  public static func silu(_ name: String) -> ChainStep {
    ChainStep(name: name, operatorName: "SiLU", activation: .other, kind: .activation) {
      $0 * $0.sigmoid()
    } pullback: { v, x in
      v * siluDerivative(at: x)
    }
  }

  public static func siluDerivative(at x: Tensor) -> Tensor {
    let s = x.sigmoid()
    return s + x * s * (1 + -s)
  }

  /// The maximum of each 2 × 2 window; of equal values the first in row-major order receives the cotangent.
  public static func maxPool(_ name: String) -> ChainStep {
    ChainStep(name: name, operatorName: "MaxPool", kind: .pooling(.max)) { x in
      Tensor(peaks(of: x).map { x.scalars[$0] }, shape: [x.shape[0], x.shape[1] / 2, x.shape[2] / 2])
    } pullback: { v, x in
      var g = Tensor(repeating: 0, shape: x.shape)
      for (i, peak) in peaks(of: x).enumerated() { g[peak] += v.scalars[i] }
      return g
    }
  }

  public static func globalAveragePool(_ name: String) -> ChainStep {
    ChainStep(name: name, operatorName: "GlobalAveragePool", kind: .pooling(.average)) {
      $0.spatialMean()
    } pullback: { v, x in
      1 / Float(x.area) * (Tensor(repeating: 1, shape: x.shape) * v)
    }
  }

  /// A linear layer with weights `[out, in]` over the input's scalars in row-major order.
  public static func linear(_ name: String, weights: Tensor, bias: Tensor) -> ChainStep {
    let (rows, columns) = (weights.shape[0], weights.shape[1])
    return ChainStep(
      name: name, operatorName: "Linear", kind: .linear,
      part: { .linear(name, weights: $0.part(of: weights), bias: $1 ? $0.part(of: bias) : 0 * bias) }
    ) { x in
      bias
        + Tensor(
          (0..<rows).map { i in (0..<columns).reduce(0) { $0 + weights.scalars[i * columns + $1] * x.scalars[$1] } },
          shape: [rows])
    } pullback: { v, x in
      Tensor(
        (0..<columns).map { j in (0..<rows).reduce(0) { $0 + weights.scalars[$1 * columns + j] * v.scalars[$1] } },
        shape: x.shape)
    }
  }
}

extension Tensor {
  fileprivate var area: Int { shape[1] * shape[2] }
}

/// Calls `visit` with the flat indices of every kernel weight and the input and output positions that it connects.
private func taps(_ kernels: Tensor, over shape: [Int], _ visit: (_ kernel: Int, _ from: Int, _ to: Int) -> Void) {
  let (outputs, inputs, size) = (kernels.shape[0], kernels.shape[1], kernels.shape[2])
  let (h, w, margin) = (shape[1], shape[2], kernels.shape[2] / 2)
  for o in 0..<outputs {
    for i in 0..<inputs {
      for (dy, dx) in (0..<size * size).map({ ($0 / size, $0 % size) }) {
        for y in max(0, margin - dy)..<min(h, h + margin - dy) {
          for x in max(0, margin - dx)..<min(w, w + margin - dx) {
            visit(
              ((o * inputs + i) * size + dy) * size + dx, (i * h + y + dy - margin) * w + x + dx - margin,
              (o * h + y) * w + x)
          }
        }
      }
    }
  }
}

/// The flat index of the largest value in each 2 × 2 window.
private func peaks(of x: Tensor) -> [Int] {
  let (h, w) = (x.shape[1], x.shape[2])
  return (0..<x.shape[0]).flatMap { c in
    (0..<h / 2).flatMap { y in
      (0..<w / 2).map { column in
        let corner = (c * h + 2 * y) * w + 2 * column
        return [corner, corner + 1, corner + w, corner + w + 1].reduce(corner) {
          x.scalars[$1] > x.scalars[$0] ? $1 : $0
        }
      }
    }
  }
}

import Tensors

/// A convolution over a border of zeros; a batch normalisation is part of its weights.
struct Convolution: Stage {
  let operatorName = "Convolution"
  let inputShape: [Int]
  /// `[filters, channels, size, size]`.
  let weights: [Float]
  /// One number per filter.
  let bias: [Float]
  let size: Int
  let stride: Int
  let padding: Int

  var outputShape: [Int] { [bias.count, extent(inputShape[1]), extent(inputShape[2])] }
  var isLinearAndPlaceless: Bool { size == 1 && stride == 1 && padding == 0 }

  private func extent(_ input: Int) -> Int { (input + 2 * padding - size) / stride + 1 }

  func forward(_ input: Tensor) -> Tensor {
    let area = outputShape[1] * outputShape[2]
    var output = Tensor(bias.flatMap { Array(repeating: $0, count: area) }, shape: outputShape)
    output.withMutableScalars { output in
      input.scalars.withUnsafeBufferPointer { input in
        runs { weight, to, from, count in
          for x in 0..<count { output[to + x] += weight * input[from + x * stride] }
        }
      }
    }
    return output
  }

  /// The same products with the arrows turned round.
  func pullback(_ cotangent: Tensor, input: Tensor) -> Tensor {
    var pulled = Tensor(repeating: 0, shape: inputShape)
    pulled.withMutableScalars { pulled in
      cotangent.scalars.withUnsafeBufferPointer { cotangent in
        runs { weight, to, from, count in
          for x in 0..<count { pulled[from + x * stride] += weight * cotangent[to + x] }
        }
      }
    }
    return pulled
  }

  /// Every row of every weight: it joins `count` places of the output from `to` on with places of the input from `from`
  /// on, `stride` apart.
  @inline(__always)
  private func runs(_ body: (_ weight: Float, _ to: Int, _ from: Int, _ count: Int) -> Void) {
    let (channels, height, width) = (inputShape[0], inputShape[1], inputShape[2])
    let (rows, columns) = (outputShape[1], outputShape[2])
    for index in weights.indices {
      let (kx, ky) = (index % size - padding, index / size % size - padding)
      let (channel, filter) = (index / (size * size) % channels, index / (size * size * channels))
      // The columns whose place in the input lies within it.
      let first = kx < 0 ? (-kx + stride - 1) / stride : 0
      let last = min(columns - 1, (width - 1 - kx) / stride)
      guard kx < width, first <= last else { continue }
      for y in 0..<rows where (0..<height).contains(y * stride + ky) {
        let row = (channel * height + y * stride + ky) * width
        body(weights[index], (filter * rows + y) * columns + first, row + first * stride + kx, last - first + 1)
      }
    }
  }
}

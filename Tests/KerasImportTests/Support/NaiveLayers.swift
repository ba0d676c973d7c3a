/// Keras' layers written out on arrays `[N, H, W, C]`, one number after the other.
extension StoredArray {
  subscript(_ n: Int, _ y: Int, _ x: Int, _ c: Int) -> Float {
    scalars[((n * shape[1] + y) * shape[2] + x) * shape[3] + c]
  }

  static func image(_ shape: [Int], _ value: (_ n: Int, _ y: Int, _ x: Int, _ c: Int) -> Float) -> StoredArray {
    var scalars: [Float] = []
    for n in 0..<shape[0] {
      for y in 0..<shape[1] {
        for x in 0..<shape[2] {
          for c in 0..<shape[3] {
            scalars.append(value(n, y, x, c))
          }
        }
      }
    }
    return StoredArray(shape: shape, scalars: scalars)
  }

  /// Where the windows of TensorFlow's `same` begin, and how many there are.
  static func same(_ extent: Int, kernel: Int, stride: Int, dilation: Int = 1) -> (start: Int, count: Int) {
    let count = (extent + stride - 1) / stride
    let total = max(0, (count - 1) * stride + (kernel - 1) * dilation + 1 - extent)
    return (-(total / 2), count)
  }

  /// The sum over a window of `weight(dy, dx, ci, co) · x`, `same`-padded.
  func windowSums(
    kernel: Int, stride: Int, dilation: Int = 1, channels: Int,
    _ weight: (_ dy: Int, _ dx: Int, _ input: Int, _ output: Int) -> Float
  ) -> StoredArray {
    let rows = Self.same(shape[1], kernel: kernel, stride: stride, dilation: dilation)
    let columns = Self.same(shape[2], kernel: kernel, stride: stride, dilation: dilation)
    return .image([shape[0], rows.count, columns.count, channels]) { n, y, x, output in
      var sum: Float = 0
      for dy in 0..<kernel {
        for dx in 0..<kernel {
          let (row, column) = (rows.start + y * stride + dy * dilation, columns.start + x * stride + dx * dilation)
          guard (0..<shape[1]).contains(row), (0..<shape[2]).contains(column) else { continue }
          for input in 0..<shape[3] { sum += weight(dy, dx, input, output) * self[n, row, column, input] }
        }
      }
      return sum
    }
  }

  func map(_ function: (Float) -> Float) -> StoredArray { StoredArray(shape: shape, scalars: scalars.map(function)) }
}

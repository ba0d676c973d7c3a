#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Tensor {
  /// The last two dimensions blurred by a Gaussian of `deviation` pixels, cut off at three deviations.
  ///
  /// Beyond the border there is nothing: the weights that fall inside are scaled to add up to one.
  public func blurred(deviation: Float) -> Tensor {
    guard deviation > 0, let width = shape.last, shape.count >= 2, width > 0 else { return self }
    let height = shape[shape.count - 2], planes = scalars.count / Swift.max(1, height * width)
    let reach = Int((3 * deviation).rounded(.up))
    let kernel = (-reach...reach).map { exp(-Float($0 * $0) / (2 * deviation * deviation)) }
    // Along the rows as columns of the transposed: whole rows are added up, which the compiler vectorises.
    let alongRows = transposedPlanes().blurredAlongColumns(planes, height: width, width: height, kernel)
    return alongRows.transposedPlanes().blurredAlongColumns(planes, height: height, width: width, kernel)
  }

  /// Each row becomes the mean of its neighbors above and below, weighed by `kernel`.
  private func blurredAlongColumns(_ planes: Int, height: Int, width: Int, _ kernel: [Float]) -> Tensor {
    let reach = kernel.count / 2
    var result = Tensor(repeating: 0, shape: shape)
    scalars.withUnsafeBufferPointer { source in
      result.withMutableScalars { target in
        for plane in 0..<planes {
          for y in 0..<height {
            let row = (plane * height + y) * width
            let near = Swift.max(0, y - reach)...Swift.min(height - 1, y + reach)
            let total = kernel[near.lowerBound - y + reach...near.upperBound - y + reach].reduce(0, +)
            var other = near.lowerBound
            // Four rows at a time: the target is read and written a quarter as often.
            while other + 3 <= near.upperBound {
              let from = (plane * height + other) * width, at = other - y + reach
              let (a, b, c, d) = (kernel[at], kernel[at + 1], kernel[at + 2], kernel[at + 3])
              for x in from..<from + width {
                target[row + x - from] +=
                  a * source[x] + b * source[x + width] + c * source[x + 2 * width] + d * source[x + 3 * width]
              }
              other += 4
            }
            while other <= near.upperBound {
              let weight = kernel[other - y + reach], from = (plane * height + other) * width
              for x in 0..<width { target[row + x] += weight * source[from + x] }
              other += 1
            }
            for x in 0..<width { target[row + x] /= total }
          }
        }
      }
    }
    return result
  }

  /// The last two dimensions changed over.
  private func transposedPlanes() -> Tensor {
    let (height, width) = (shape[shape.count - 2], shape[shape.count - 1])
    var result = Tensor(repeating: 0, shape: shape.dropLast(2) + [width, height])
    scalars.withUnsafeBufferPointer { source in
      result.withMutableScalars { target in
        for start in stride(from: 0, to: source.count, by: Swift.max(1, height * width)) {
          for y in 0..<height { for x in 0..<width { target[start + x * height + y] = source[start + y * width + x] } }
        }
      }
    }
    return result
  }
}

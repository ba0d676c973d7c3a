#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Tensor {
  /// `uₖ·vₚ`: each number of a vector `[channels]` times a map `[height, width]`; `[channels, height, width]`.
  public static func outer(_ vector: Tensor, _ map: Tensor) -> Tensor {
    var product: [Float] = []
    product.reserveCapacity(vector.scalars.count * map.scalars.count)
    for factor in vector.scalars {
      if factor == 0 {
        product.append(contentsOf: repeatElement(0, count: map.scalars.count))
      } else {
        product.append(contentsOf: map.scalars.lazy.map { factor * $0 })
      }
    }
    return Tensor(product, shape: vector.shape + map.shape).recorded(.outerProduct, of: vector, map)
  }

  /// The exponentials of `[channels, …]`, scaled to add up to one over the channels of each place.
  public func softmaxOverChannels() -> Tensor {
    let count = shape[0], area = scalars.count / Swift.max(1, count)
    var result = self
    scalars.withUnsafeBufferPointer { scalars in
      result.withMutableScalars { result in
        for p in 0..<area {
          var peak = -Float.infinity, total = 0.0
          for k in 0..<count { peak = Swift.max(peak, scalars[k * area + p]) }
          for k in 0..<count { total += exp(Double(scalars[k * area + p]) - Double(peak)) }
          for k in 0..<count { result[k * area + p] = Float(exp(Double(scalars[k * area + p]) - Double(peak)) / total) }
        }
      }
    }
    return result.recorded(.channelSoftmax, of: self)
  }
}

import COneDNN

/// A scale and a shift per channel, as batch normalisation is at inference; the result lies as the input does.
///
/// Its pullback is `affine(cotangent, scale:, shift: nil)`.
/// - Parameters:
///   - x: `[N, C, …]`.
///   - scale: `[C]`.
///   - shift: `[C]`.
/// - Returns: An array that lies as `x` does.
/// - Throws: Where the shapes do not fit together.
public func affine(_ x: NDArray, scale: NDArray, shift: NDArray?) throws -> NDArray {
  try require(
    x.shape.count >= 2 && scale.count == x.shape[1] && (shift?.count ?? scale.count) == scale.count,
    "A scale of shape \(scale.shape) cannot be applied to the channels of \(x.shape).")
  return try channelwise(x, scale: scale.scalars, shift: shift?.scalars)
}

/// A scale and a shift per channel, or per image and channel: `C` or `N · C` numbers.
func channelwise(_ x: NDArray, scale: [Float]?, shift: [Float]?) throws -> NDArray {
  guard let width = x.layout.channelWidth else { return try channelwise(x.plain(), scale: scale, shift: shift) }
  let (images, channels) = (x.shape[0], x.shape[1])
  let (area, blocks) = (x.shape.dropFirst(2).reduce(1, *), (channels + width - 1) / width)
  /// The numbers of a block, where padding is zero.
  func lane(_ values: [Float]?, _ image: Int, _ channel: Int, else neutral: Float) -> Float {
    guard channel < channels else { return 0 }
    guard let values else { return neutral }
    return values.count == channels ? values[channel] : values[image * channels + channel]
  }
  let result = NDArray(layout: x.layout)
  withExtendedLifetime((x.storage, result.storage)) {
    for image in 0..<images {
      for block in 0..<blocks {
        let scales = (0..<width).map { lane(scale, image, block * width + $0, else: 1) }
        let shifts = (0..<width).map { lane(shift, image, block * width + $0, else: 0) }
        let (start, count) = ((image * blocks + block) * area * width, area * width)
        switch x.layout.precision {
        case .float32:
          scaleAndShift(x.floats + start, result.floats + start, count: count, scales, shifts)
        case .bfloat16:
          limn_scale_and_shift_bf16(
            x.storage.bfloat16 + start, result.storage.bfloat16 + start, count, scales, shifts, width)
        }
      }
    }
  }
  return result
}

/// `y = scales x + shifts`, both repeating along the run.
private func scaleAndShift(
  _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, count: Int, _ scales: [Float], _ shifts: [Float]
) {
  let width = scales.count
  if width == 1 {
    let (scale, shift) = (scales[0], shifts[0])
    for i in 0..<count { y[i] = scale * x[i] + shift }
  } else if width == 16 {
    let (scale, shift) = (SIMD16(scales), SIMD16(shifts))
    let (from, to) = (UnsafeRawPointer(x), UnsafeMutableRawPointer(y))
    for offset in stride(from: 0, to: count * 4, by: 64) {
      let lanes = from.loadUnaligned(fromByteOffset: offset, as: SIMD16<Float>.self)
      to.storeBytes(of: lanes * scale + shift, toByteOffset: offset, as: SIMD16<Float>.self)
    }
  } else {
    scales.withUnsafeBufferPointer { scales in
      shifts.withUnsafeBufferPointer { shifts in
        for start in stride(from: 0, to: count, by: width) {
          for i in 0..<width { y[start + i] = scales[i] * x[start + i] + shifts[i] }
        }
      }
    }
  }
}

public import Tensors

/// The extents of an image as a network receives it: channels first, or last as networks from TensorFlow take it.
public struct ImageGrid: Hashable, Sendable {
  public let channels: Int
  public let height: Int
  public let width: Int
  public let isChannelsLast: Bool

  /// `nil` where the shape is no image's; no photograph is three pixels wide.
  public init?(_ shape: [Int]) {
    guard shape.count == 3, !shape.contains(0) else { return nil }
    isChannelsLast = ![1, 3].contains(shape[0]) && [1, 3].contains(shape[2])
    (channels, height, width) = isChannelsLast ? (shape[2], shape[0], shape[1]) : (shape[0], shape[1], shape[2])
  }

  /// An image of one colour, a number per channel.
  public func filled(with color: [Float]) -> Tensor {
    precondition(color.count == channels, "\(color.count) numbers for \(channels) channels")
    return image(Tensor(color.flatMap { Array(repeating: $0, count: height * width) }, shape: planeShape))
  }

  /// The image with every channel multiplied by `mask`, `[height, width]`; where there is a cover, it shows through as the
  /// image fades: `m ⊙ x + (1 − m) ⊙ x₀`.
  public func masked(_ image: Tensor, by mask: Tensor, over cover: Tensor? = nil) -> Tensor {
    var result = image
    result.withMutableScalars { write(image, seenThrough: mask, over: cover, to: $0) }
    guard cover == nil, image.record != nil || mask.record != nil else { return result }
    return self.image(planes(image) * mask)
  }

  /// Writes what ``masked(_:by:over:)`` makes to memory of as many scalars as the image has.
  func write(
    _ image: Tensor, seenThrough mask: Tensor, over cover: Tensor?, to target: UnsafeMutableBufferPointer<Float>
  ) {
    let area = height * width
    precondition(
      image.scalars.count == channels * area && mask.scalars.count == area
        && (cover?.scalars.count ?? channels * area) == channels * area && target.count == channels * area,
      "a mask of \(mask.shape) does not fit \(image.shape)")
    image.scalars.withUnsafeBufferPointer { x in
      mask.scalars.withUnsafeBufferPointer { m in
        // Through pointers, which the compiler vectorises.
        guard let to = target.baseAddress, let x = x.baseAddress, let m = m.baseAddress else { return }
        guard let cover else { return forEachScalar { i, p in to[i] = x[i] * m[p] } }
        cover.scalars.withUnsafeBufferPointer { x0 in
          guard let x0 = x0.baseAddress else { return }
          forEachScalar { i, p in to[i] = x[i] * m[p] + x0[i] * (1 - m[p]) }
        }
      }
    }
  }

  /// Visits each scalar of an image with its pixel, in the order in which they lie.
  @inline(__always)
  private func forEachScalar(_ body: (_ scalar: Int, _ pixel: Int) -> Void) {
    let area = height * width
    if isChannelsLast {
      for p in 0..<area { for c in 0..<channels { body(p * channels + c, p) } }
    } else {
      for c in 0..<channels { for p in 0..<area { body(c * area + p, p) } }
    }
  }

  /// The image with all channels of a rectangle taken from `other`.
  public func replacing(_ window: Window, of image: Tensor, by other: Tensor) -> Tensor {
    var result = image
    let (planes, pitch) = isChannelsLast ? (1, channels) : (channels, 1)
    result.withMutableScalars { result in
      other.scalars.withUnsafeBufferPointer { other in
        for plane in 0..<planes {
          for y in window.rows {
            let row = (plane * height + y) * width
            let run = (row + window.columns.lowerBound) * pitch..<(row + window.columns.upperBound) * pitch
            _ = UnsafeMutableBufferPointer(rebasing: result[run]).update(fromContentsOf: other[run])
          }
        }
      }
    }
    return result
  }

  /// The image seen in a mirror: its columns in reverse order.
  public func mirrored(_ image: Tensor) -> Tensor {
    let pitch = isChannelsLast ? channels : 1
    let places = image.scalars.indices.map { index in
      let (x, row) = (index / pitch % width, index / (pitch * width))
      return (row * width + width - 1 - x) * pitch + index % pitch
    }
    return image.taken(at: places, shape: image.shape)
  }

  /// The image as `[channels, height, width]`, whatever the order of its own dimensions.
  public func planes(_ image: Tensor) -> Tensor {
    guard isChannelsLast else { return image }
    let area = height * width
    return Tensor(
      (0..<channels).flatMap { c in (0..<area).map { image.scalars[$0 * channels + c] } }, shape: planeShape
    ).recorded(as: .transpose([2, 0, 1]), of: [image])
  }

  /// The image that has these channels, `[channels, height, width]`, as the network receives it.
  public func image(_ planes: Tensor) -> Tensor {
    guard isChannelsLast else { return planes }
    let area = height * width
    return Tensor(
      (0..<area).flatMap { p in (0..<channels).map { planes.scalars[$0 * area + p] } },
      shape: [height, width, channels]
    ).recorded(as: .transpose([1, 2, 0]), of: [planes])
  }

  private var planeShape: [Int] { [channels, height, width] }

  /// A rectangle of pixels.
  public struct Window: Hashable, Sendable {
    public let rows: Range<Int>
    public let columns: Range<Int>

    public init(rows: Range<Int>, columns: Range<Int>) {
      self.rows = rows
      self.columns = columns
    }
  }
}

public import Tensors

/// An input of more or fewer axes than a picture's, seen as one: the slices of a volume or the frames of a film one
/// beneath the other, a signal as a single row.
///
/// Methods see `[channels, depth · height, width]`, and make maps of as many rows; for people both are taken apart again.
public struct StackedGrid: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// `[channels, depth, height, width]`.
    case volume
    /// `[frames, channels, height, width]`.
    case frames
    /// `[channels, length]`.
    case signal
  }

  public let kind: Kind
  public let channels: Int
  /// The number of slices or frames; 1 of a signal.
  public let depth: Int
  /// The rows of each slice; 1 of a signal.
  public let height: Int
  public let width: Int
  /// The array's own shape, without a batch.
  public let nativeShape: [Int]
  /// For each axis of `[channels, depth, height, width]` or `[channels, length]`, the array's own.
  public let axes: [Int]

  /// How an array of a shape is seen; `nil` where it is a picture, or nothing of the kind.
  ///
  /// Channels come first unless only another axis has as many as pictures do: the second of a film, the last of a volume.
  /// - Parameters:
  ///   - shape: without a batch.
  ///   - hasChannelsLast: whether a signal is `[length, channels]`, which its shape does not tell.
  public init?(_ shape: [Int], hasChannelsLast: Bool = false) {
    guard !shape.contains(0) else { return nil }
    nativeShape = shape
    let isColor = shape.map { [1, 3].contains($0) }
    switch shape.count {
    case 2: (kind, axes) = (.signal, hasChannelsLast ? [1, 0] : [0, 1])
    case 4 where !isColor[0] && isColor[1]: (kind, axes) = (.frames, [1, 0, 2, 3])
    case 4 where !isColor[0] && isColor[3]: (kind, axes) = (.volume, [3, 0, 1, 2])
    case 4: (kind, axes) = (.volume, [0, 1, 2, 3])
    default: return nil
    }
    let extents = axes.map { shape[$0] }
    channels = extents[0]
    (depth, height, width) = shape.count == 2 ? (1, 1, extents[1]) : (extents[1], extents[2], extents[3])
  }

  /// How an input is seen; `nil` where it is a picture as it is.
  ///
  /// - Parameter input: a layer with the array's own shape for its native one.
  public init?(_ input: Layer) {
    let (native, seen) = (input.nativeShape, input.shape)
    guard native != seen, seen.count == 3 else { return nil }
    let isTurned = native.count == 2 && native != [seen[0], seen[2]]
    self.init(native, hasChannelsLast: isTurned)
    guard stackedShape == seen else { return nil }
  }

  /// The shape that methods see.
  public var stackedShape: [Int] { [channels, depth * height, width] }

  /// The array as methods see it.
  public func stacked(_ array: Tensor) -> Tensor {
    array.reshaped(nativeShape).transposed(axes).reshaped(stackedShape)
  }

  /// What methods made of an array, in the array's own order of axes.
  public func unstacked(_ stacked: Tensor) -> Tensor {
    var back = axes
    for (place, axis) in axes.enumerated() { back[axis] = place }
    return stacked.reshaped(axes.map { nativeShape[$0] }).transposed(back)
  }

  /// How many slices a layer has on the way from such an input, `nil` where its places are no longer slices.
  ///
  /// - Parameter layer: a stack of maps; its rows are those of all slices.
  /// - Returns: The number of slices.
  public func depth(of layer: Layer) -> Int? {
    guard kind != .signal, layer.isSpatial, layer.shape.count == 3 else { return nil }
    let native = layer.nativeShape, (channels, rows) = (layer.shape[0], layer.shape[1])
    if native.count == 4 {
      if native[0] == channels, native[1] * native[2] == rows { return native[1] }
      if native[1] == channels, native[0] * native[2] == rows { return native[0] }
      if native[3] == channels, native[0] * native[1] == rows { return native[0] }
    }
    if layer.shape == stackedShape { return depth }
    return layer.shape[2] == 1 && rows <= depth ? rows : nil
  }
}

extension Tensor {
  /// The axes in another order.
  fileprivate func transposed(_ permutation: [Int]) -> Tensor {
    if permutation == Array(shape.indices) { return self }
    var strides = shape.map { _ in 1 }
    for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
    let extents = permutation.map { shape[$0] }, steps = permutation.map { strides[$0] }
    var moved: [Float] = [], index = extents.map { _ in 0 }, place = 0
    moved.reserveCapacity(scalars.count)
    for _ in scalars.indices {
      moved.append(scalars[place])
      for axis in extents.indices.reversed() {
        index[axis] += 1
        place += steps[axis]
        if index[axis] < extents[axis] { break }
        place -= steps[axis] * extents[axis]
        index[axis] = 0
      }
    }
    return Tensor(moved, shape: extents)
  }
}

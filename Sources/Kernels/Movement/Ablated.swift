/// Copies of an array, each without one channel.
///
/// - Parameters:
///   - x: `[1, C, …]`.
///   - channels: which channel is set to zero in each copy.
/// - Returns: `[channels, C, …]`, plain.
/// - Throws: Where `x` is not one array of channels, or lacks one of them.
public func ablated(_ x: NDArray, channels: Range<Int>) throws -> NDArray {
  try require(
    x.shape.count >= 2 && x.shape[0] == 1 && (0..<x.shape[1]).contains(channels) && !x.shape.contains(0),
    "Channels \(channels) cannot be taken from an array of shape \(x.shape).")
  let source = x.plain(), count = source.count, area = count / x.shape[1]
  let result = NDArray(layout: .plain([channels.count] + x.shape.dropFirst()))
  source.withScalars { from in
    result.fill { to in
      Engine.current.split(channels.count, costing: count, inMultiplesOf: 1) { part in
        for place in part {
          let copy = to + place * count
          copy.update(from: from.baseAddress!, count: count)
          (copy + (channels.lowerBound + place) * area).update(repeating: 0, count: area)
        }
      }
    }
  }
  return result
}

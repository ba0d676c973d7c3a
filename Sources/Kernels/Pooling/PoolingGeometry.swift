import COneDNN

/// Where a pooling's windows lie: one number per spatial axis, of which there are one to three.
///
/// Rounding is the caller's: the output's shape is given, and the last window may overhang the padding.
public struct PoolingGeometry: Hashable, Sendable {
  /// The extents of a window.
  public var kernel: [Int]
  /// How far a window lies from the next, in positions of the input.
  public var strides: [Int]
  /// The distance between neighbouring taps; 1 is dense.
  public var dilations: [Int]
  /// The rows in front and behind that windows may reach over; they are never the largest.
  public var paddingBefore: [Int], paddingAfter: [Int]
  /// Whether averages divide by padded positions too.
  public var countsPadding: Bool

  /// Numbers of one's own for each axis.
  public init(
    kernel: [Int], strides: [Int], dilations: [Int], paddingBefore: [Int], paddingAfter: [Int],
    countsPadding: Bool = false
  ) {
    self.kernel = kernel
    self.strides = strides
    self.dilations = dilations
    self.paddingBefore = paddingBefore
    self.paddingAfter = paddingAfter
    self.countsPadding = countsPadding
  }

  func validate(input: [Int], output: [Int]) throws {
    let rank = kernel.count
    try require(
      (1...3).contains(rank) && [strides, dilations, paddingBefore, paddingAfter].allSatisfy { $0.count == rank },
      "A pooling's kernel, strides, dilations and paddings must name the same one to three axes.")
    try require(
      (kernel + strides + dilations).allSatisfy { $0 > 0 } && (paddingBefore + paddingAfter).allSatisfy { $0 >= 0 },
      "A pooling's kernel, strides and dilations must be positive, and its padding not negative.")
    try require(
      input.count == rank + 2 && output.count == rank + 2 && input.prefix(2) == output.prefix(2)
        && (input + output).allSatisfy { $0 > 0 },
      "A pooling over \(rank) axes cannot turn an input of shape \(input) into \(output).")
    for axis in 0..<rank {
      let start = (output[axis + 2] - 1) * strides[axis] - paddingBefore[axis]
      let reach = (kernel[axis] - 1) * dilations[axis]
      try require(
        paddingBefore[axis] <= reach && start < input[axis + 2],
        "A pooling of \(input) into \(output) has windows that lie wholly in the padding.")
    }
  }

  /// The padding behind the input that makes the last window fit exactly.
  func reachAfter(input: [Int], output: [Int]) -> [Int] {
    kernel.indices.map { axis in
      let reach = (kernel[axis] - 1) * dilations[axis] + 1
      return max(0, (output[axis + 2] - 1) * strides[axis] + reach - input[axis + 2] - paddingBefore[axis])
    }
  }

  /// Whether the last window reaches beyond the declared padding, as rounding up makes it.
  func overhangs(input: [Int], output: [Int]) -> Bool {
    zip(reachAfter(input: input, output: output), paddingAfter).contains { $0 > $1 }
  }

  func specification(
    _ kind: limn_pooling_kind, source: Descriptor, destination: Descriptor, after: [Int]
  ) -> limn_pooling_specification {
    limn_pooling_specification(
      kind: kind, source: source.pointer, destination: destination.pointer, kernel: triple(kernel),
      strides: triple(strides), dilations: triple(dilations), padding_before: triple(paddingBefore),
      padding_after: triple(after))
  }

  var numbers: [Int] { kernel + strides + dilations + paddingBefore }
}

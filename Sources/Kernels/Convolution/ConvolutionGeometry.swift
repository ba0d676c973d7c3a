/// Where a convolution's windows lie: one number per spatial axis, of which there are one to three.
public struct ConvolutionGeometry: Hashable, Sendable {
  /// How far a window lies from the next, in positions of the input.
  public var strides: [Int]
  /// The distance between neighbouring taps; 1 is dense.
  public var dilations: [Int]
  /// The rows of zeros that the input is given in front and behind.
  public var paddingBefore: [Int], paddingAfter: [Int]
  /// Into how many parts the channels are divided, each convolved by itself; as many as there are channels where each is.
  public var groups: Int

  /// Numbers of one's own for each axis.
  public init(strides: [Int], dilations: [Int], paddingBefore: [Int], paddingAfter: [Int], groups: Int = 1) {
    self.strides = strides
    self.dilations = dilations
    self.paddingBefore = paddingBefore
    self.paddingAfter = paddingAfter
    self.groups = groups
  }

  /// The same numbers along each of two axes, the padding on all sides.
  public init(stride: Int = 1, dilation: Int = 1, padding: Int = 0, groups: Int = 1) {
    self.init(
      strides: [stride, stride], dilations: [dilation, dilation], paddingBefore: [padding, padding],
      paddingAfter: [padding, padding], groups: groups)
  }

  /// The extents of the result, `[N, O, …]`.
  ///
  /// - Parameters:
  ///   - input: `[N, I, …]`.
  ///   - weights: `[O, I / groups, …]`.
  /// - Returns: `[N, O, …]`.
  /// - Throws: Where the shapes do not fit together.
  public func outputShape(input: [Int], weights: [Int]) throws -> [Int] {
    let rank = strides.count
    try require(
      (1...3).contains(rank) && dilations.count == rank && paddingBefore.count == rank && paddingAfter.count == rank,
      "A convolution's strides, dilations and paddings must name the same one to three axes.")
    try require(
      input.count == rank + 2 && weights.count == rank + 2 && (input + weights).allSatisfy { $0 > 0 },
      "A convolution over \(rank) axes cannot take an input of shape \(input) with weights of shape \(weights).")
    try require(
      strides.allSatisfy { $0 > 0 } && dilations.allSatisfy { $0 > 0 } && groups > 0,
      "A convolution's strides, dilations and groups must be positive.")
    try require(
      (paddingBefore + paddingAfter).allSatisfy { $0 >= 0 },
      "A convolution's padding must not be negative; crop its input instead.")
    try require(
      input[1] == weights[1] * groups && weights[0] % groups == 0,
      "Weights of shape \(weights) in \(groups) groups cannot convolve an input of shape \(input).")
    let extents = (0..<rank).map { axis in
      let reach = (weights[axis + 2] - 1) * dilations[axis] + 1
      let room = input[axis + 2] + paddingBefore[axis] + paddingAfter[axis] - reach
      return room < 0 ? 0 : room / strides[axis] + 1
    }
    try require(
      extents.allSatisfy { $0 > 0 }, "An input of shape \(input) is smaller than the kernel of weights \(weights).")
    return [input[0], weights[0]] + extents
  }
}

/// Numbers per spatial axis as C holds them; axes that do not exist are one.
func triple(_ numbers: [Int]) -> (Int64, Int64, Int64) {
  func at(_ axis: Int) -> Int64 { axis < numbers.count ? Int64(numbers[axis]) : 1 }
  return (at(0), at(1), at(2))
}

/// Numbers per axis of an image as C holds them.
func pair(_ numbers: ArraySlice<Int>) -> (Int64, Int64) {
  (Int64(numbers[numbers.startIndex]), Int64(numbers[numbers.startIndex + 1]))
}

import GraphEngine

/// How the windows of a convolution or pooling lie, one number per spatial axis, paddings explicit.
struct Windows {
  var kernel: [Int]
  var strides: [Int]
  var dilations: [Int]
  var before: [Int]
  var after: [Int]

  /// The distance from a window's first position to behind its last.
  func reach(_ axis: Int) -> Int { (kernel[axis] - 1) * dilations[axis] + 1 }
}

/// How a file asks for padding: in numbers, or by what the output should be.
enum AutomaticPadding: String {
  case none = "NOTSET"
  case sameUpper = "SAME_UPPER"
  case sameLower = "SAME_LOWER"
  case valid = "VALID"
}

extension OperatorCall {
  /// The windows over an input `[N, C, …]`, automatic padding resolved with its extents.
  ///
  /// `kernel` is the extents of the weights; `nil` reads the attribute.
  func windows(over shape: [Int], kernel: [Int]? = nil) throws(ONNXError) -> Windows {
    var windows = try unpaddedWindows(over: shape, kernel: kernel)
    let padding = try automaticPadding()
    for axis in windows.kernel.indices where padding == .sameUpper || padding == .sameLower {
      let total = samePadding(of: shape[axis + 2], reach: windows.reach(axis), stride: windows.strides[axis])
      windows.before[axis] = padding == .sameUpper ? total / 2 : total - total / 2
      windows.after[axis] = total - windows.before[axis]
    }
    return windows
  }

  /// The windows with the paddings stated in numbers, zero where padding is automatic.
  func unpaddedWindows(over shape: [Int], kernel: [Int]? = nil) throws(ONNXError) -> Windows {
    guard (3...5).contains(shape.count) else {
      throw unsupported("its input is \(spelled(shape)), and only one to three spatial axes can be covered")
    }
    let rank = shape.count - 2
    let stated = try attributes.integers("kernel_shape")
    guard let kernel = kernel ?? stated else { throw malformed("it has no kernel_shape") }
    let ones = [Int](repeating: 1, count: rank)
    let strides = try attributes.integers("strides") ?? ones
    let dilations = try attributes.integers("dilations") ?? ones
    let isExplicit = try automaticPadding() == .none
    let zeros = [Int](repeating: 0, count: 2 * rank)
    let pads = isExplicit ? try attributes.integers("pads") ?? zeros : zeros
    guard kernel.count == rank, strides.count == rank, dilations.count == rank, pads.count == 2 * rank else {
      throw malformed("its kernel, strides, dilations or pads do not have one number per spatial axis")
    }
    // Generous bounds: a window larger than any picture would only make the sums below overflow.
    guard (kernel + strides + dilations).allSatisfy({ (1...(1 << 20)).contains($0) }),
      pads.allSatisfy({ (0...(1 << 20)).contains($0) })
    else { throw malformed("its kernel, strides and dilations must be positive, its pads not negative") }
    return Windows(
      kernel: kernel, strides: strides, dilations: dilations, before: Array(pads[..<rank]), after: Array(pads[rank...]))
  }

  func automaticPadding() throws(ONNXError) -> AutomaticPadding {
    guard let name = try attributes.string("auto_pad"), !name.isEmpty else { return .none }
    guard let padding = AutomaticPadding(rawValue: name) else { throw malformed("its auto_pad is '\(name)'") }
    return padding
  }
}

import GraphEngine
import Kernels

extension OperatorTable {
  /// `ConvTranspose`: paddings follow from `output_shape` or `auto_pad` where the file gives one of them.
  static func transposedConvolution(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try call.input(0)
    let weights = try call.weights(for: x)
    let groups = try call.groups()
    guard x.shape[1] == weights.shape[0], x.shape[1] % groups == 0 else {
      throw call.malformed(
        "\(x.shape[1]) channels in \(groups) groups do not fit weights of \(spelled(weights.shape))")
    }
    var windows = try call.unpaddedWindows(over: x.shape, kernel: Array(weights.shape.dropFirst(2)))
    let rank = windows.kernel.count
    var margins = try call.attributes.integers("output_padding") ?? [Int](repeating: 0, count: rank)
    guard margins.count == rank, margins.allSatisfy({ (0...(1 << 20)).contains($0) }) else {
      throw call.malformed("its output_padding must have one number per spatial axis, none negative")
    }
    if let wanted = try wantedExtents(call, x.shape, windows) {
      try pad(&windows, &margins, over: x.shape, to: wanted, for: call)
    }
    let geometry = ConvolutionGeometry(
      strides: windows.strides, dilations: windows.dilations, paddingBefore: windows.before,
      paddingAfter: windows.after, groups: groups)
    return try graph.add(
      TransposedConvolution(geometry, outputPadding: margins), call.weightedInputs(), for: call)
  }

  private static func wantedExtents(
    _ call: OperatorCall, _ shape: [Int], _ windows: Windows
  ) throws(ONNXError) -> [Int]? {
    if let wanted = try call.attributes.integers("output_shape"), !wanted.isEmpty {
      let extents = Array(wanted.suffix(windows.kernel.count))
      guard extents.count == windows.kernel.count, extents.allSatisfy({ (1...(1 << 24)).contains($0) }) else {
        throw call.malformed("its output_shape must have one positive number per spatial axis")
      }
      return extents
    }
    let padding = try call.automaticPadding()
    guard padding == .sameUpper || padding == .sameLower else { return nil }
    return windows.strides.indices.map { shape[$0 + 2] * windows.strides[$0] }
  }

  /// Shares out what the full output has too much of, the odd one at the end for `SAME_UPPER`, else at the start.
  private static func pad(
    _ windows: inout Windows, _ margins: inout [Int], over shape: [Int], to wanted: [Int], for call: OperatorCall
  ) throws(ONNXError) {
    let isUpper = try call.automaticPadding() == .sameUpper
    for axis in wanted.indices {
      let full = (shape[axis + 2] - 1) * windows.strides[axis] + margins[axis] + windows.reach(axis)
      let total = full - wanted[axis]
      windows.before[axis] = max(0, isUpper ? total / 2 : total - total / 2)
      windows.after[axis] = max(0, total - windows.before[axis])
      // An output larger than the windows reach ends in positions that none of them touches.
      if total < 0 { margins[axis] -= total }
    }
  }
}

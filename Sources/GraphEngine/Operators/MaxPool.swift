public import Kernels

/// The maximum of each window; a tie goes to the first position in row-major order.
public struct MaxPool: Operator {
  /// How the windows lie.
  public let geometry: PoolingGeometry
  /// Whether a last window may overhang the padded input.
  public let ceilMode: Bool

  /// The maximum of each window.
  public init(_ geometry: PoolingGeometry, ceilMode: Bool) {
    self.geometry = geometry
    self.ceilMode = ceilMode
  }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    try geometry.outputShape(of: inputs[0], ceilMode: ceilMode)
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    try maxPooling(inputs[0], geometry, outputShape: outputShape(of: [inputs[0].shape]))
  }

  public var followsPlanPrecision: Bool { true }

  public var pullbackNeeds: PullbackNeeds { .inputs }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    [try maxPoolingPullback(cotangent, input: point.input(0), geometry)]
  }

  public var kind: OperatorKind { .pooling(.maximum) }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .window(kernel: geometry.kernel, mixesChannels: false) }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.everything] }

  public func isAffine(in input: Int) -> Bool { false }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { shape.count > 2 }
}

extension MaxPool: WritableOperator {
  public func write(_ inputs: [Written], shape: WrittenShape, to writer: GraphWriter) throws -> Written {
    writer.add(
      "MaxPool", inputs,
      [
        "kernel_shape": .integers(geometry.kernel), "strides": .integers(geometry.strides),
        "dilations": .integers(geometry.dilations),
        "pads": .integers(geometry.paddingBefore + geometry.paddingAfter), "ceil_mode": .integer(ceilMode ? 1 : 0),
      ], shape: shape)
  }

  /// The positions of each window side by side, tap by tap; the first of the greatest gets the cotangent, and the pullback
  /// of a convolution that would take the windows out puts it back.
  public func writePullback(
    _ cotangent: Written, at point: WrittenPoint, to writer: GraphWriter
  ) throws -> [Written?] {
    let (input, single) = (point.inputShapes[0], point.outputShape.channelsApart)
    let taps = geometry.kernel.reduce(1, *)
    let windows = try taken(writer.reshaped(point.input(0), to: input.channelsApart), to: single, writer)
    let chosen = writer.firstMaximum(windows, axis: 1)
    let parts = try writer.product(chosen, writer.reshaped(cotangent, to: single))
    let identity = (0..<taps * taps).map { Float($0 / taps == $0 % taps ? 1 : 0) }
    let weights = writer.constant(identity, [taps, 1] + geometry.kernel)
    return [
      writer.reshaped(geometry.spread(parts, weights, inputShape: input.channelsApart, to: writer), to: input)
    ]
  }

  /// Of `[N, 1, …]` what each window sees at each of its taps, `[N, taps, …]`; padding is never the greatest.
  private func taken(_ x: Written, to output: WrittenShape, _ writer: GraphWriter) throws -> Written {
    let axes = geometry.kernel.indices
    let spans = axes.map { (output[$0 + 2] - 1) * geometry.strides[$0] + 1 }
    let after = axes.map { axis in
      let reach = spans[axis] + (geometry.kernel[axis] - 1) * geometry.dilations[axis]
      return max(0, reach - geometry.paddingBefore[axis] - x.shape[axis + 2])
    }
    let padded = try writer.padded(
      x, before: [0, 0] + geometry.paddingBefore, after: [0, 0] + after, with: -Float.greatestFiniteMagnitude)
    var places = [[Int]()]
    for axis in axes { places = places.flatMap { place in (0..<geometry.kernel[axis]).map { place + [$0] } } }
    let parts = places.map { place in
      let starts = axes.map { place[$0] * geometry.dilations[$0] }
      return writer.add(
        "Slice",
        [
          padded, writer.integers(starts), writer.integers(axes.map { starts[$0] + spans[$0] }),
          writer.integers(axes.map { $0 + 2 }), writer.integers(geometry.strides),
        ], shape: output)
    }
    return writer.joined(parts, axis: 1)
  }
}

public import Kernels

/// The mean of each window, over its real positions or, where the geometry counts padding, the padded ones too.
public struct AveragePool: Operator {
  /// How the windows lie, and whether padding counts.
  public let geometry: PoolingGeometry
  /// Whether a last window may overhang the padded input.
  public let ceilMode: Bool

  /// The mean of each window.
  public init(_ geometry: PoolingGeometry, ceilMode: Bool) {
    self.geometry = geometry
    self.ceilMode = ceilMode
  }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    try geometry.outputShape(of: inputs[0], ceilMode: ceilMode)
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    try averagePooling(inputs[0], geometry, outputShape: outputShape(of: [inputs[0].shape]))
  }

  public var followsPlanPrecision: Bool { true }

  public var pullbackNeeds: PullbackNeeds { .nothing }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    [try averagePoolingPullback(cotangent, geometry, inputShape: point.inputShapes[0])]
  }

  public var kind: OperatorKind { .pooling(.average) }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .window(kernel: geometry.kernel, mixesChannels: false) }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.everything] }

  public func isAffine(in input: Int) -> Bool { true }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { shape.count > 2 }
}

extension AveragePool: WritableOperator {
  public func write(_ inputs: [Written], shape: WrittenShape, to writer: GraphWriter) throws -> Written {
    guard geometry.dilations.allSatisfy({ $0 == 1 }) || writer.opset >= 19 else {
      throw ShapeError("its windows have gaps, which ONNX's operator has from opset 19 on")
    }
    var attributes: [String: WrittenAttribute] = [
      "kernel_shape": .integers(geometry.kernel), "strides": .integers(geometry.strides),
      "pads": .integers(geometry.paddingBefore + geometry.paddingAfter),
      "count_include_pad": .integer(geometry.countsPadding ? 1 : 0), "ceil_mode": .integer(ceilMode ? 1 : 0),
    ]
    if geometry.dilations.contains(where: { $0 != 1 }) { attributes["dilations"] = .integers(geometry.dilations) }
    return writer.add("AveragePool", inputs, attributes, shape: shape)
  }

  /// Each cotangent divided by how many positions its window has, then spread over it: a transposed convolution with ones.
  public func writePullback(
    _ cotangent: Written, at point: WrittenPoint, to writer: GraphWriter
  ) throws -> [Written?] {
    let (input, output) = (point.inputShapes[0], point.outputShape)
    let shares = writer.constant(
      geometry.windowSizes(input: input.extents, output: output.extents).map { 1 / $0 },
      [1, 1] + output.extents.dropFirst(2))
    let ones = writer.constant(
      Array(repeating: 1, count: geometry.kernel.reduce(1, *)), [1, 1] + geometry.kernel)
    let single = writer.reshaped(try writer.product(cotangent, shares), to: output.channelsApart)
    let spread = geometry.spread(single, ones, inputShape: input.channelsApart, to: writer)
    return [writer.reshaped(spread, to: input)]
  }
}

extension WrittenShape {
  /// `[N, C, …]` as `[N·C, 1, …]`.
  var channelsApart: WrittenShape {
    WrittenShape([extents[0] * extents[1], 1] + extents.dropFirst(2), imageAxis: imageAxis)
  }
}

extension PoolingGeometry {
  /// Over how many positions each window's mean is taken, `[…]`.
  func windowSizes(input: [Int], output: [Int]) -> [Float] {
    var sizes: [Float] = [1]
    for axis in kernel.indices {
      let first = countsPadding ? -paddingBefore[axis] : 0
      let end = input[axis + 2] + (countsPadding ? paddingAfter[axis] : 0)
      let along = (0..<output[axis + 2]).map { position -> Float in
        let start = position * strides[axis] - paddingBefore[axis]
        return Float((0..<kernel[axis]).count { (first..<end).contains(start + $0 * dilations[axis]) })
      }
      sizes = sizes.flatMap { outer in along.map { outer * $0 } }
    }
    return sizes
  }

  /// The pullback of taking windows, `[N, taps, …]`, by weights `[taps, 1, …]`, to an input `[N, 1, …]`.
  func spread(_ v: Written, _ weights: Written, inputShape: WrittenShape, to writer: GraphWriter) -> Written {
    // What lies behind the last window, or what the last window has beyond the input.
    let after = kernel.indices.map { axis in
      let reach = (v.shape[axis + 2] - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1
      return max(0, reach - paddingBefore[axis] - inputShape[axis + 2])
    }
    return writer.transposedConvolution(
      v, weights,
      ConvolutionGeometry(
        strides: strides, dilations: dilations, paddingBefore: paddingBefore, paddingAfter: after),
      inputShape: inputShape)
  }
}

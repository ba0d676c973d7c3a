import COneDNN

/// The largest scalar of each window.
///
/// - Parameters:
///   - x: `[N, C, …]`.
///   - g: the windows.
///   - outputShape: `[N, C, …]`.
/// - Returns: `[N, C, …]` in a layout of the input's kind.
/// - Throws: Where the shapes do not fit together.
public func maxPooling(_ x: NDArray, _ g: PoolingGeometry, outputShape: [Int]) throws -> NDArray {
  try g.validate(input: x.shape, output: outputShape)
  let primitive = try PoolingPlan(kind: LIMN_MAX_POOLING, geometry: g, source: x.layout, output: outputShape).forward()
  let result = NDArray(layout: try primitive.layout(LIMN_DESTINATION, shape: outputShape))
  try primitive.run([(LIMN_SOURCE, x.storage), (LIMN_DESTINATION, result.storage)])
  return result
}

/// The gradient of max pooling: each cotangent goes to the first largest scalar of its window, in row-major order.
///
/// - Parameters:
///   - cotangent: `[N, C, …]`, of the output's shape.
///   - x: the input of the forward pooling.
///   - g: the windows.
/// - Returns: The gradient, lying as the input does.
/// - Throws: Where the shapes do not fit together.
public func maxPoolingPullback(_ cotangent: NDArray, input x: NDArray, _ g: PoolingGeometry) throws -> NDArray {
  try g.validate(input: x.shape, output: cotangent.shape)
  if let result = try blockedMaxPoolingPullback(cotangent, input: x, g) { return result }
  let plan = PoolingPlan(kind: LIMN_MAX_POOLING, geometry: g, source: x.layout, output: cotangent.shape)
  let forward = try plan.forward(keepsMaxima: true)
  let backward = try plan.backward()
  let layout = try backward.layout(LIMN_DESTINATION_GRADIENT, shape: cotangent.shape)
  let maxima = Storage(count: forward.count(LIMN_WORKSPACE))
  try forward.run([
    (LIMN_SOURCE, x.storage), (LIMN_DESTINATION, Storage(for: layout)), (LIMN_WORKSPACE, maxima),
  ])
  let result = NDArray(layout: x.layout)
  try backward.run([
    (LIMN_DESTINATION_GRADIENT, cotangent.reordered(to: layout).storage), (LIMN_WORKSPACE, maxima),
    (LIMN_SOURCE_GRADIENT, result.storage),
  ])
  return result
}

/// The same without running the pooling once more, for blocks of channels over two axes.
private func blockedMaxPoolingPullback(_ cotangent: NDArray, input x: NDArray, _ g: PoolingGeometry) throws -> NDArray?
{
  guard x.layout.precision == .float32, x.shape.count == 4, let width = x.layout.channelWidth,
    width == 8 || width == 16,
    x.shape[2] * x.shape[3] <= Int32.max
  else { return nil }
  let cotangent = cotangent.reordered(to: try .blocked(cotangent.shape, width: width))
  var window = limn_window(g, input: x.shape, output: cotangent.shape)
  let result = NDArray(layout: x.layout)
  let planes = x.shape[0] * ((x.shape[1] + width - 1) / width)
  withExtendedLifetime((x, cotangent)) {
    let (x, cotangent, gradient) = (x.floats, cotangent.floats, result.floats)
    Engine.current.split(planes, costing: result.layout.storageCount / planes, inMultiplesOf: 1) { part in
      limn_max_pooling_gradient(&window, Int32(width), x, cotangent, gradient, part.lowerBound, part.upperBound)
    }
  }
  return result
}

extension limn_window {
  fileprivate init(_ g: PoolingGeometry, input: [Int], output: [Int]) {
    self.init(
      input: pair(input.dropFirst(2)), output: pair(output.dropFirst(2)), kernel: pair(g.kernel[...]),
      strides: pair(g.strides[...]), dilations: pair(g.dilations[...]), padding: pair(g.paddingBefore[...]))
  }
}

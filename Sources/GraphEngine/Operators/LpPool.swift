public import Kernels

/// The p-norm of each window, `(Σ |x|ᵖ)^(1/p)`.
public struct LpPool: Operator {
  public let p: Float
  public let geometry: PoolingGeometry
  public let ceilMode: Bool

  public init(p: Float, _ geometry: PoolingGeometry, ceilMode: Bool) {
    self.p = p
    self.geometry = geometry
    self.ceilMode = ceilMode
  }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    try geometry.outputShape(of: inputs[0], ceilMode: ceilMode)
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    let x = inputs[0]
    return try apply(.pow(1 / p), sums(apply(.pow(p), apply(.abs, x)), outputShape(of: [x.shape])))
  }

  public var pullbackNeeds: PullbackNeeds { .inputs }

  /// `∂y/∂x = sign(x)·(|x|/y)^(p−1)`, zero for a window of zeros.
  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    let x = point.input(0)
    let y = try forward([x])
    let scale = try apply(.pow(1 - p), combine(.maximum, y, .scalar(.leastNormalMagnitude)))
    let perWindow = try selected(y, combine(.multiply, cotangent, scale), .scalar(0))
    let (windows, size) = whole(x.shape, y.shape)
    let spread = try combine(
      .multiply, averagePoolingPullback(perWindow, windows, inputShape: x.shape), .scalar(size))
    let slope = try combine(.multiply, apply(.sign, x), apply(.pow(p - 1), apply(.abs, x)))
    return [try combine(.multiply, spread, slope)]
  }

  private func sums(_ x: NDArray, _ shape: [Int]) throws -> NDArray {
    let (windows, size) = whole(x.shape, shape)
    return try combine(.multiply, averagePooling(x, windows, outputShape: shape), .scalar(size))
  }

  /// Windows padded until none overhangs, so that each mean is a sum divided by the whole window's size.
  private func whole(_ input: [Int], _ output: [Int]) -> (PoolingGeometry, Float) {
    var windows = geometry
    windows.countsPadding = true
    for d in windows.kernel.indices {
      let reach = (windows.kernel[d] - 1) * windows.dilations[d] + 1
      let needed = (output[d + 2] - 1) * windows.strides[d] + reach - input[d + 2] - windows.paddingBefore[d]
      windows.paddingAfter[d] = max(0, needed)
    }
    return (windows, Float(windows.kernel.reduce(1, *)))
  }

  public var kind: OperatorKind { .pooling(.norm) }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .window(kernel: geometry.kernel, mixesChannels: false) }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.everything] }

  public func isAffine(in input: Int) -> Bool { false }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { shape.count > 2 }
}

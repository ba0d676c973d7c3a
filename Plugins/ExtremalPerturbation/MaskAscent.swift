#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
import Tensors

/// Gradient ascent with momentum on the parameters of a mask, held to an area more and more strictly.
///
/// TorchRay's schedule for 800 iterations, a rate of 0.01, λ from 300 growing by 0.35 % each time, stretched or compressed to
/// as many as there are.
struct MaskAscent {
  /// From 0 to 1; first all one.
  private(set) var parameters: [Float]
  private var velocity: [Float]
  private let area: Float
  private let rate: Float
  private var strictness: Float = 300
  private let growth: Float

  private static let momentum: Float = 0.9

  init(count: Int, area: Float, iterations: Int) {
    parameters = Array(repeating: 1, count: count)
    velocity = Array(repeating: 0, count: count)
    self.area = area
    rate = 0.01 * 800 / Float(iterations)
    growth = pow(1.0035, 800 / Float(iterations))
  }

  /// The derivative of `−λ mean (sort(m) − r_a)²` by each point of the mask.
  func areaSlope(of mask: MaskSurface.Mask) -> Tensor {
    let points = mask.points, count = points.scalars.count
    var slope = Tensor(repeating: 0, shape: points.shape)
    for (rank, point) in points.descendingOrder().enumerated() {
      let wanted: Float = rank < count - Int(Float(count) * (1 - area)) ? 1 : 0
      slope[point] = -2 * strictness * (points.scalars[point] - wanted) / Float(count)
    }
    return slope
  }

  mutating func step(along slope: [Float]) {
    for i in parameters.indices {
      velocity[i] = Self.momentum * velocity[i] + (1 - Self.momentum) * slope[i]
      parameters[i] = min(max(parameters[i] + rate * velocity[i], 0), 1)
    }
    strictness *= growth
  }
}

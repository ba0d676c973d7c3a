public import Kernels

/// Sums, means, extrema or norms over some dimensions.
public struct Reduction: Operator {
  public let kind: ReductionKind
  /// The dimensions reduced, ascending.
  public let axes: [Int]
  public let keepsDimensions: Bool

  public init(_ kind: ReductionKind, axes: [Int], keepsDimensions: Bool) {
    self.kind = kind
    self.axes = axes
    self.keepsDimensions = keepsDimensions
  }

  public var name: String { kind == .mean ? "Mean" : kind == .sum ? "Sum" : "Reduction" }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    guard axes.allSatisfy(inputs[0].indices.contains) else { throw ShapeError("it reduces dimensions \(axes)") }
    return keepsDimensions ? ones(inputs[0]) : inputs[0].indices.filter { !axes.contains($0) }.map { inputs[0][$0] }
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    if poolsGlobally(inputs[0].shape) {
      return try globalAveragePooling(inputs[0]).reshaped(outputShape(of: [inputs[0].shape]))
    }
    return try reduced(inputs[0], kind, axes: axes, keepsDimensions: keepsDimensions)
  }

  public var pullbackNeeds: PullbackNeeds { kind == .sum || kind == .mean ? .nothing : .inputs }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    let shape = point.inputShapes[0]
    let g = cotangent.reshaped(ones(shape))
    let count = Float(axes.reduce(1) { $0 * shape[$1] })
    switch kind {
    case .sum: return [try expanded(g, to: shape)]
    case .mean where poolsGlobally(shape): return [try globalAveragePoolingPullback(g, inputShape: shape)]
    case .mean: return [try expanded(combine(.multiply, g, NDArray([1 / count], shape: [])), to: shape)]
    default: return [try reducedPullback(g, input: point.input(0), kind, axes: axes)]
    }
  }

  private func ones(_ shape: [Int]) -> [Int] { shape.indices.map { axes.contains($0) ? 1 : shape[$0] } }

  /// Whether this is global average pooling in other words.
  private func poolsGlobally(_ shape: [Int]) -> Bool { kind == .mean && shape.count == 4 && axes == [2, 3] }
}

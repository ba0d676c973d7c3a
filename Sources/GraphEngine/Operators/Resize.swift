public import Kernels

/// Other extents by interpolation: each axis is resampled by weights of its own, one axis after the other.
public struct Resize: Operator {
  public let axes: [Axis]

  public struct Axis: Hashable, Sendable {
    public let index: Int
    public let interpolation: Interpolation

    public init(_ index: Int, _ interpolation: Interpolation) {
      self.index = index
      self.interpolation = interpolation
    }
  }

  public init(_ axes: [Axis]) { self.axes = axes }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    var shape = inputs[0]
    for axis in axes {
      guard shape.indices.contains(axis.index), shape[axis.index] == axis.interpolation.sourceExtent else {
        throw ShapeError("it interpolates between \(axis.interpolation.sourceExtent) positions")
      }
      shape[axis.index] = axis.interpolation.rows.count
    }
    return shape
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    try axes.reduce(inputs[0]) { try interpolated($0, axis: $1.index, by: $1.interpolation) }
  }

  public var pullbackNeeds: PullbackNeeds { .nothing }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    [try axes.reversed().reduce(cotangent) { try interpolatedPullback($0, axis: $1.index, by: $1.interpolation) }]
  }

  public var kind: OperatorKind { .resizing }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow {
    // Interpolation may look at any position, and its result covers what the input does.
    var extents = inputs[0]
    for axis in axes { extents[axis.index] = axis.interpolation.rows.count }
    return .window(kernel: Array(extents.dropFirst(2)), mixesChannels: false)
  }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.lines(axes: axes.map(\.index))] }

  public func isAffine(in input: Int) -> Bool { true }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { axes.allSatisfy { $0.index >= 2 } }
}

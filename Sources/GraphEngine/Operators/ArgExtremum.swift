public import Kernels

/// Where along an axis the largest or smallest scalar lies; no gradient passes.
public struct ArgExtremum: Operator {
  public let axis: Int
  public let isLargest: Bool
  public let keepsDimension: Bool
  /// Whether the last of several equal scalars counts, rather than the first.
  public let takesLast: Bool

  public init(axis: Int, isLargest: Bool, keepsDimension: Bool, takesLast: Bool) {
    self.axis = axis
    self.isLargest = isLargest
    self.keepsDimension = keepsDimension
    self.takesLast = takesLast
  }

  public var name: String { isLargest ? "ArgMax" : "ArgMin" }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    var shape = inputs[0]
    guard shape.indices.contains(axis), shape[axis] > 0 else { throw ShapeError("it searches dimension \(axis)") }
    if keepsDimension { shape[axis] = 1 } else { shape.remove(at: axis) }
    return shape
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    let lines = Lines(of: inputs[0], along: axis)
    let places = lines.starts.map { start in
      let line = lines.values(from: start)
      var best = 0
      for index in line.indices.dropFirst() {
        let isBetter = isLargest ? line[index] > line[best] : line[index] < line[best]
        if isBetter || takesLast && line[index] == line[best] { best = index }
      }
      return Float(best)
    }
    return NDArray(places, shape: try outputShape(of: [inputs[0].shape]))
  }

  public var pullbackNeeds: PullbackNeeds { .nothing }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] { [nil] }

  public var kind: OperatorKind { .other }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .scatters }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.lines(axes: [axis])] }

  public func isAffine(in input: Int) -> Bool { false }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { false }
}

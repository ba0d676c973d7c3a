public import Kernels

/// 1 at the first largest scalar along an axis, 0 elsewhere; no gradient passes.
public struct Hardmax: Operator {
  public let axis: Int

  public init(axis: Int) { self.axis = axis }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    guard inputs[0].indices.contains(axis) else { throw ShapeError("it compares along dimension \(axis)") }
    return inputs[0]
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    let lines = Lines(of: inputs[0], along: axis)
    var marks = [Float](repeating: 0, count: lines.count)
    for start in lines.starts {
      let line = lines.values(from: start)
      let best = line.indices.dropFirst().reduce(0) { line[$1] > line[$0] ? $1 : $0 }
      marks[start + best * lines.stride] = 1
    }
    return NDArray(marks, shape: inputs[0].shape)
  }

  public var pullbackNeeds: PullbackNeeds { .nothing }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] { [nil] }

  public var kind: OperatorKind { .other }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .elementwise }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.lines(axes: [axis])] }

  public func isAffine(in input: Int) -> Bool { false }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { false }
}

public import Kernels

/// The `count` largest or smallest scalars along an axis in order, or their places; equal ones keep their order.
public struct TopK: Operator {
  public enum Result: Hashable, Sendable { case values, places }

  public let axis: Int
  public let count: Int
  public let isLargest: Bool
  public let result: Result

  public init(_ result: Result, count: Int, axis: Int, isLargest: Bool) {
    self.result = result
    self.count = count
    self.axis = axis
    self.isLargest = isLargest
  }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    var shape = inputs[0]
    guard shape.indices.contains(axis), count <= shape[axis] else {
      throw ShapeError("it takes \(count) along dimension \(axis)")
    }
    shape[axis] = count
    return shape
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    let shape = try outputShape(of: [inputs[0].shape])
    let source = Lines(of: inputs[0], along: axis)
    let target = Lines(over: shape, along: axis)
    var numbers = [Float](repeating: 0, count: target.count)
    for (from, to) in zip(source.starts, target.starts) {
      let line = source.values(from: from)
      for (rank, place) in best(of: line).enumerated() {
        numbers[to + rank * target.stride] = result == .values ? line[place] : Float(place)
      }
    }
    return NDArray(numbers, shape: shape)
  }

  public var pullbackNeeds: PullbackNeeds { result == .values ? .inputs : .nothing }

  /// Each cotangent goes back to the place its scalar came from; places have no derivative.
  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    if result == .places { return [nil] }
    let source = Lines(of: point.input(0), along: axis)
    let taken = Lines(of: cotangent, along: axis)
    var pulled = [Float](repeating: 0, count: source.count)
    for (from, to) in zip(taken.starts, source.starts) {
      for (rank, place) in best(of: source.values(from: to)).enumerated() {
        pulled[to + place * source.stride] = taken.scalars[from + rank * taken.stride]
      }
    }
    return [NDArray(pulled, shape: point.inputShapes[0])]
  }

  private func best(of line: [Float]) -> ArraySlice<Int> {
    line.indices.sorted { a, b in
      if line[a] == line[b] { return a < b }
      return isLargest ? line[a] > line[b] : line[a] < line[b]
    }.prefix(count)
  }

  public var kind: OperatorKind { .other }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { result == .values ? .mixes(axes: [axis]) : .scatters }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.lines(axes: [axis])] }

  public func isAffine(in input: Int) -> Bool { false }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { axis >= 2 && result == .values }
}

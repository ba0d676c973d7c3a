public import Kernels

/// `x` where the condition is not zero, `y` elsewhere: NumPy's `where`.
///
/// Inputs: the condition, `x` and `y`; all three broadcast.
public struct Selection: Operator {
  /// A choice between two arrays.
  public init() {}

  public var name: String { "Where" }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    try broadcast(inputs[0], broadcast(inputs[1], inputs[2]))
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray { try selected(inputs[0], inputs[1], inputs[2]) }

  public var pullbackNeeds: PullbackNeeds { .inputs }

  /// Each side gets the cotangent where it was chosen; the condition has no derivative.
  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    let condition = point.input(0)
    let zero = NDArray.scalar(0)
    func side(_ index: Int, _ chosen: () throws -> NDArray) rethrows -> NDArray? {
      point.wanted[index] ? summed(try chosen(), to: point.inputShapes[index]) : nil
    }
    return [
      nil, try side(1) { try selected(condition, cotangent, zero) },
      try side(2) { try selected(condition, zero, cotangent) },
    ]
  }

  public var kind: OperatorKind { .other }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .elementwise }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.elementwise, .elementwise, .elementwise] }

  public func isAffine(in input: Int) -> Bool { input > 0 }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { false }
}

extension Selection: WritableOperator {
  public func write(_ inputs: [Written], shape: WrittenShape, to writer: GraphWriter) throws -> Written {
    try writer.selection(isFalse(inputs[0], writer), inputs[2], inputs[1])
  }

  public func writePullback(
    _ cotangent: Written, at point: WrittenPoint, to writer: GraphWriter
  ) throws -> [Written?] {
    let isFalse = try isFalse(point.input(0), writer), zero = writer.scalar(0)
    func side(_ index: Int, _ chosen: () throws -> Written) throws -> Written? {
      point.wanted[index] ? try writer.summed(chosen(), to: point.inputShapes[index]) : nil
    }
    return [
      nil, try side(1) { try writer.selection(isFalse, zero, cotangent) },
      try side(2) { try writer.selection(isFalse, cotangent, zero) },
    ]
  }

  private func isFalse(_ condition: Written, _ writer: GraphWriter) throws -> Written {
    try writer.comparison("Equal", condition, writer.scalar(0))
  }
}

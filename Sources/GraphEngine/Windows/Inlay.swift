import Kernels

/// Parts of a value as it was, with patches laid over it where it changed.
///
/// Inputs: the patches `[N, C, h, w]`, the value `[1, C, H, W]`, and four whole numbers for each patch, `[N, 4]`: the row and
/// the column at which it lies, and those at which the part wanted begins.
struct Inlay: Operator {
  /// The extents of the part.
  let height: Int, width: Int
  /// What lies beyond the value's border.
  let fill: Float

  func outputShape(of inputs: [[Int]]) throws -> [Int] { Array(inputs[0].prefix(2)) + [height, width] }

  func forward(_ inputs: [NDArray]) throws -> NDArray {
    let numbers = inputs[2].scalars.map { Int($0) }
    let parts = (0..<inputs[2].shape[0]).map {
      InlaidPart(
        row: numbers[4 * $0], column: numbers[4 * $0 + 1], firstRow: numbers[4 * $0 + 2],
        firstColumn: numbers[4 * $0 + 3])
    }
    return try inlaid(inputs[0], in: inputs[1], parts, height: height, width: width, fill: fill)
  }

  var pullbackNeeds: PullbackNeeds { .nothing }

  /// Nobody walks back through patches.
  func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    throw ShapeError("patches have no derivative")
  }

  var kind: OperatorKind { .other }

  func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .scatters }

  func influence(of inputs: [[Int]]) -> [Influence] { inputs.map { _ in .everything } }

  func isAffine(in input: Int) -> Bool { false }

  func keepsSilentChannels(of shape: [Int]) -> Bool { false }
}

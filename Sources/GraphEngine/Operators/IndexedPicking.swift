public import Kernels

/// The scalars at places that indices name which the network computes: detections in order of their scores, a class
/// looked up, the best of each row.
///
/// Inputs: the array and the indices, whole numbers; negative ones count from the end. A cotangent goes back to the
/// places that scalars came from; indices have none. Where indices are known beforehand, ``Picking`` and ``Gather``
/// do the same.
public struct IndexedPicking: Operator {
  /// What indices mean.
  public let indexing: Indexing

  public var name: String { "Gather" }

  /// Scalars at computed places.
  public init(_ indexing: Indexing) { self.indexing = indexing }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    guard inputs.count == 2 else { throw ShapeError("it takes an array and indices") }
    return try indexing.shape(of: inputs[1], into: inputs[0])
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    try picked(
      inputs[0], places: indexing.places(of: inputs[1], into: inputs[0].shape),
      shape: outputShape(of: inputs.map(\.shape)))
  }

  public var pullbackNeeds: PullbackNeeds { .inputs }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    guard point.wanted[0] else { return [nil, nil] }
    let shape = point.inputShapes[0]
    return [try pickedPullback(cotangent, places: indexing.places(of: point.input(1), into: shape), into: shape), nil]
  }

  public var kind: OperatorKind { .other }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .scatters }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.everything, .everything] }

  public func isAffine(in input: Int) -> Bool { input == 0 }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { false }
}

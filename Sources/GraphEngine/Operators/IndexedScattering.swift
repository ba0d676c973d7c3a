public import Kernels

/// An array with other scalars put in, or combined with those at, places that indices name which the network computes.
///
/// Inputs: the array, the indices, and the updates. See ``Scattering`` for indices known beforehand.
public struct IndexedScattering: Operator {
  /// How updates are put in.
  public let combination: Scattering.Combination
  /// What indices mean: elements or tuples.
  public let indexing: Indexing

  public var name: String { "Scatter" }

  /// Updates at computed places.
  public init(_ combination: Scattering.Combination, _ indexing: Indexing) {
    self.combination = combination
    self.indexing = indexing
  }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    guard inputs.count == 3, try indexing.shape(of: inputs[1], into: inputs[0]) == inputs[2] else {
      throw ShapeError("its indices do not match its updates")
    }
    return inputs[0]
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    _ = try outputShape(of: inputs.map(\.shape))
    return try scattering(by: inputs[1], into: inputs[0].shape).forward([inputs[0], inputs[2]])
  }

  public var pullbackNeeds: PullbackNeeds { .inputs }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    let known = LinearizationPoint(
      inputs: [point.inputs[0], point.inputs[2]], output: nil,
      inputShapes: [point.inputShapes[0], point.inputShapes[2]], outputShape: point.outputShape,
      wanted: [point.wanted[0], point.wanted[2]])
    guard known.wanted.contains(true) else { return [nil, nil, nil] }
    let pulled = try scattering(by: point.input(1), into: point.inputShapes[0]).pullback(cotangent, at: known)
    return [pulled[0], nil, pulled[1]]
  }

  private func scattering(by indices: NDArray, into shape: [Int]) throws -> Scattering {
    Scattering(combination, places: try indexing.places(of: indices, into: shape))
  }

  public var kind: OperatorKind { .other }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .scatters }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.everything, .everything, .everything] }

  public func isAffine(in input: Int) -> Bool {
    input != 1 && Scattering(combination, places: []).isAffine(in: input == 0 ? 0 : 1)
  }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { false }
}

public import Kernels

/// The scalars at fixed places of an array, zero where there is none: triangles, tiles, gathers by element.
public struct Picking: Operator {
  /// For each scalar of the output, its place in the row-major input; negative where it is zero.
  public let places: [Int]
  public let inputShape: [Int]
  public let shape: [Int]

  public init(places: [Int], from inputShape: [Int], shape: [Int]) {
    self.places = places
    self.inputShape = inputShape
    self.shape = shape
  }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    guard inputs[0] == inputShape else { throw ShapeError("it picks from \(spelled(inputShape))") }
    guard places.count == shape.reduce(1, *) else {
      throw ShapeError("\(places.count) places do not fill \(spelled(shape))")
    }
    return shape
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray { try picked(inputs[0], places: places, shape: shape) }

  public var pullbackNeeds: PullbackNeeds { .nothing }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    [try pickedPullback(cotangent, places: places, into: inputShape)]
  }

  public var kind: OperatorKind { .movement }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .picksScalars(places) }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.picked] }

  public func isAffine(in input: Int) -> Bool { true }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { false }
}

public import Kernels

/// The scalars at fixed places of an array, zero where there is none: triangles, tiles, gathers by element.
public struct Picking: Operator {
  /// For each scalar of the output, its place in the row-major input; negative where it is zero.
  public let places: [Int]
  /// The shape of the input.
  public let inputShape: [Int]
  /// The shape of the output.
  public let shape: [Int]

  /// Scalars at `places` of an array of `inputShape`, as an array of `shape`.
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

extension Picking: WritableOperator {
  public func write(_ inputs: [Written], shape: WrittenShape, to writer: GraphWriter) throws -> Written {
    writer.reshaped(try writer.gathered(flat(inputs[0], writer), axis: 1, places), to: shape)
  }

  public func writePullback(
    _ cotangent: Written, at point: WrittenPoint, to writer: GraphWriter
  ) throws -> [Written?] {
    let pulled = try writer.gatheredPullback(
      flat(cotangent, writer), axis: 1, places, extent: inputShape.reduce(1, *))
    return [writer.reshaped(pulled, to: point.inputShapes[0])]
  }

  /// All scalars of an image in a row.
  private func flat(_ x: Written, _ writer: GraphWriter) throws -> Written {
    guard x.shape.imageAxis == nil || x.shape.imageAxis == 0 else {
      throw ShapeError("it picks scalars of images that lie along axis \(x.shape.imageAxis ?? 0)")
    }
    return writer.reshaped(x, to: WrittenShape([1, x.shape.count], imageAxis: x.shape.imageAxis))
  }
}

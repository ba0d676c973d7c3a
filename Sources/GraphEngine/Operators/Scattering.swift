public import Kernels

/// An array with other scalars put in, or combined with those at, fixed places.
///
/// Inputs: the array and the updates, one per place.
public struct Scattering: Operator {
  public enum Combination: Hashable, Sendable { case replace, add, multiply, maximum, minimum }

  public let combination: Combination
  /// For each update, its place in the row-major array; of several replacements at one place the last one stays.
  public let places: [Int]

  public init(_ combination: Combination, places: [Int]) {
    self.combination = combination
    self.places = places
  }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    guard places.count == inputs[1].reduce(1, *) else { throw ShapeError("it has \(places.count) places") }
    let count = inputs[0].reduce(1, *)
    guard places.allSatisfy((0..<count).contains) else { throw ShapeError("a place lies outside the array") }
    return inputs[0]
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    var scalars = inputs[0].scalars
    for (place, update) in zip(places, inputs[1].scalars) {
      switch combination {
      case .replace: scalars[place] = update
      case .add: scalars[place] += update
      case .multiply: scalars[place] *= update
      case .maximum: scalars[place] = max(scalars[place], update)
      case .minimum: scalars[place] = min(scalars[place], update)
      }
    }
    return NDArray(scalars, shape: inputs[0].shape)
  }

  public var pullbackNeeds: PullbackNeeds { combination == .replace || combination == .add ? .nothing : .inputs }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    let g = cotangent.scalars
    var kept = g
    var updates = places.map { g[$0] }
    switch combination {
    case .add: break
    case .replace:
      var winner: [Int: Int] = [:]
      for (index, place) in places.enumerated() {
        winner[place] = index
        kept[place] = 0
      }
      for (index, place) in places.enumerated() where winner[place] != index { updates[index] = 0 }
    case .multiply, .maximum, .minimum: combine(g, &kept, &updates, at: point)
    }
    return [
      point.wanted[0] ? NDArray(kept, shape: point.inputShapes[0]) : nil,
      point.wanted[1] ? NDArray(updates, shape: point.inputShapes[1]) : nil,
    ]
  }

  /// Shares the cotangent out: to each factor all others, to the scalars that attain an extremum equal parts.
  private func combine(_ g: [Float], _ kept: inout [Float], _ updates: inout [Float], at point: LinearizationPoint) {
    // A product's derivative by the array does not depend on it, and then it need not be there.
    let isNeeded = point.wanted[1] || combination != .multiply
    let (data, given) = (isNeeded ? point.input(0).scalars : [], point.input(1).scalars)
    let meetings = Dictionary(grouping: places.indices) { places[$0] }
    for (place, indices) in meetings {
      let parties = [isNeeded ? data[place] : 1] + indices.map { given[$0] }
      let shares: [Float]
      if combination == .multiply {
        shares = parties.indices.map { own in
          parties.indices.reduce(Float(1)) { $1 == own ? $0 : $0 * parties[$1] }
        }
      } else {
        let best = combination == .maximum ? parties.max()! : parties.min()!
        let count = Float(parties.count { $0 == best })
        shares = parties.map { $0 == best ? 1 / count : 0 }
      }
      kept[place] = g[place] * shares[0]
      for (rank, index) in indices.enumerated() { updates[index] = g[place] * shares[rank + 1] }
    }
  }

  public var kind: OperatorKind { .other }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .scatters }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.everything, .everything] }

  public func isAffine(in input: Int) -> Bool {
    switch combination {
    case .replace, .add: true
    // Updates that meet at one place are multiplied with each other.
    case .multiply: input == 0
    case .maximum, .minimum: false
    }
  }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { false }
}

package import Kernels

/// Which scalars of a value a score depends on, whatever the numbers.
package enum Reach {
  case none
  case all
  /// Those whose scalar here is not zero, in the value's shape.
  case some(NDArray)

  /// A mask, reduced to a plain answer where it is one.
  init(_ mask: NDArray) {
    let scalars = mask.scalars
    if scalars.allSatisfy({ $0 != 0 }) {
      self = .all
    } else {
      self = scalars.contains { $0 != 0 } ? .some(mask) : .none
    }
  }

  /// What either reaches.
  package func union(_ other: Reach) throws -> Reach {
    switch (self, other) {
    case (.none, let rest), (let rest, .none): rest
    case (.all, _), (_, .all): .all
    case (.some(let a), .some(let b)): Reach(try combine(.maximum, a, b))
    }
  }
}

extension PlannedStep {
  /// Which scalars of each input those of the output depend on that `reach` names.
  package func reaches(of reach: Reach, in plan: Plan) throws -> [Reach] {
    let shapes = node.inputs.map { plan.shape(of: $0) ?? [] }, shape = plan.shape(of: name) ?? []
    let influences = node.op.influence(of: shapes)
    let mask: NDArray
    switch reach {
    case .none: return shapes.map { _ in .none }
    case .all:
      // Most operators read everything, and no mask is needed to say so.
      guard influences.contains(.picked) else { return influences.map { $0 == .none ? .none : .all } }
      mask = NDArray(repeating: 1, shape: shape)
    case .some(let some): mask = some
    }
    let isMoved = influences.contains { $0 == .moved || $0 == .picked }
    let moved = isMoved ? try node.op.sources(of: mask, shapes) : []
    return try zip(influences, shapes).enumerated().map { index, input in
      let (influence, shape) = input
      switch influence {
      case .none: return .none
      case .everything: return .all
      case .elementwise: return Reach(summed(mask, to: shape))
      case .moved, .picked: return moved[index].map(Reach.init) ?? .none
      case .lines(let axes): return Reach(try mask.widened(along: axes, of: shape))
      case .rows: return Reach(try mask.widened(along: mask.shape.count - 1, ofFactor: shape))
      case .columns: return Reach(try mask.widened(along: mask.shape.count - 2, ofFactor: shape))
      }
    }
  }
}

extension Operator {
  /// Where the scalars came from that a mask names, of an operator whose pullback is the same everywhere.
  fileprivate func sources(of mask: NDArray, _ shapes: [[Int]]) throws -> [NDArray?] {
    let point = LinearizationPoint(
      inputs: shapes.map { _ in nil }, output: nil, inputShapes: shapes, outputShape: mask.shape,
      wanted: shapes.map { _ in true })
    return try pullback(mask, at: point)
  }
}

extension NDArray {
  /// Every line of an array of `shape` in which this, its reduction, names a scalar.
  fileprivate func widened(along axes: [Int], of shape: [Int]) throws -> NDArray {
    var kept = shape
    for axis in axes { kept[axis] = 1 }
    let lines = count == kept.reduce(1, *) ? reshaped(kept) : try reduced(self, .max, axes: axes, keepsDimensions: true)
    return try expanded(lines, to: shape)
  }

  /// Every row, or column, of a factor in which this, the product, names a scalar.
  fileprivate func widened(along axis: Int, ofFactor factor: [Int]) throws -> NDArray {
    let lines = try reduced(self, .max, axes: [axis], keepsDimensions: true)
    var full = shape
    full[axis] = factor[factor.count - shape.count + axis]
    return summed(try expanded(lines, to: full), to: factor)
  }
}

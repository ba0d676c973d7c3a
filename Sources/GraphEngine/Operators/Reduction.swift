public import Kernels

/// Sums, means, extrema or norms over some dimensions.
public struct Reduction: Operator {
  /// What scalars become together.
  public let reduction: ReductionKind
  /// The dimensions reduced, ascending.
  public let axes: [Int]
  /// Whether the dimensions stay, with extent 1.
  public let keepsDimensions: Bool

  /// A reduction over `axes`, which are ascending; over none it changes nothing.
  public init(_ reduction: ReductionKind, axes: [Int], keepsDimensions: Bool) {
    self.reduction = reduction
    self.axes = axes
    self.keepsDimensions = keepsDimensions
  }

  public var name: String {
    switch reduction {
    case .mean: "Mean"
    case .sum: "Sum"
    default: "Reduction"
    }
  }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    guard axes.allSatisfy(inputs[0].indices.contains) else { throw ShapeError("it reduces dimensions \(axes)") }
    return keepsDimensions ? ones(inputs[0]) : inputs[0].indices.filter { !axes.contains($0) }.map { inputs[0][$0] }
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    let shape = try outputShape(of: [inputs[0].shape])
    if poolsGlobally(inputs[0].shape) { return try globalAveragePooling(inputs[0]).reshaped(shape) }
    return axes.isEmpty ? inputs[0] : try reduced(inputs[0], reduction, axes: axes, keepsDimensions: keepsDimensions)
  }

  public var pullbackNeeds: PullbackNeeds { isAffine(in: 0) ? .nothing : .inputs }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    let shape = point.inputShapes[0]
    let g = cotangent.reshaped(ones(shape))
    switch reduction {
    case .sum: return [try expanded(g, to: shape)]
    case .mean where poolsGlobally(shape): return [try globalAveragePoolingPullback(g, inputShape: shape)]
    case .mean:
      let count = Float(axes.reduce(1) { $0 * shape[$1] })
      return [try expanded(combine(.multiply, g, .scalar(1 / count)), to: shape)]
    default: return [try combine(.multiply, slope(at: point.input(0)), g)]
    }
  }

  /// The derivative of the reduction by each of its scalars.
  private func slope(at x: NDArray) throws -> NDArray {
    func total(_ reduction: ReductionKind, of x: NDArray) throws -> NDArray {
      try reduced(x, reduction, axes: axes, keepsDimensions: true)
    }
    switch reduction {
    case .sum, .mean: preconditionFailure("sums and means have constant slopes")
    case .max, .min:
      // One at the extremum; several that are equal share it.
      let distance = try apply(.abs, apply(.sign, combine(.subtract, x, total(reduction, of: x))))
      let isExtreme = try combine(.subtract, .scalar(1), distance)
      return try combine(.divide, isExtreme, total(.sum, of: isExtreme))
    case .product: return productSlope(at: x)
    case .l1: return try apply(.sign, x)
    case .l2:
      // Zero where all scalars are, as the smallest of the slopes there.
      return try combine(.divide, x, combine(.maximum, total(.l2, of: x), .scalar(.leastNormalMagnitude)))
    case .sumOfSquares: return try combine(.multiply, x, .scalar(2))
    case .logarithmOfSum: return try expanded(apply(.reciprocal, total(.sum, of: x)), to: x.shape)
    case .logarithmOfSumOfExponentials: return try apply(.exp, combine(.subtract, x, total(reduction, of: x)))
    }
  }

  /// The product of all other scalars: dividing the whole product by each would fail at zeros.
  private func productSlope(at x: NDArray) -> NDArray {
    let scalars = x.scalars
    let kept = ones(x.shape)
    let strides = kept.indices.map { axis in kept[axis] == 1 ? 0 : kept[(axis + 1)...].reduce(1, *) }
    // Of each group, the product of the scalars that are not zero, and how many are.
    var products = [Float](repeating: 1, count: kept.reduce(1, *))
    var zeros = [Int](repeating: 0, count: products.count)
    var groups: [Int] = []
    for place in scalars.indices {
      var (rest, group) = (place, 0)
      for axis in x.shape.indices.reversed() {
        group += rest % x.shape[axis] * strides[axis]
        rest /= x.shape[axis]
      }
      groups.append(group)
      if scalars[place] == 0 { zeros[group] += 1 } else { products[group] *= scalars[place] }
    }
    let slopes = zip(scalars, groups).map { scalar, group -> Float in
      switch (zeros[group], scalar == 0) {
      case (0, _): products[group] / scalar
      case (1, true): products[group]
      default: 0
      }
    }
    return NDArray(slopes, shape: x.shape)
  }

  private func ones(_ shape: [Int]) -> [Int] { shape.indices.map { axes.contains($0) ? 1 : shape[$0] } }

  /// Whether this is global average pooling in other words.
  private func poolsGlobally(_ shape: [Int]) -> Bool { reduction == .mean && shape.count == 4 && axes == [2, 3] }

  public var kind: OperatorKind {
    switch reduction {
    case .sum, .mean: .pooling(.average)
    case .max: .pooling(.maximum)
    case .l1, .l2: .pooling(.norm)
    case .min, .product, .sumOfSquares, .logarithmOfSum, .logarithmOfSumOfExponentials: .other
    }
  }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .mixes(axes: axes) }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.lines(axes: axes)] }

  public func isAffine(in input: Int) -> Bool { reduction == .sum || reduction == .mean }

  public func keepsSilentChannels(of shape: [Int]) -> Bool {
    switch reduction {
    case .logarithmOfSum, .logarithmOfSumOfExponentials: false
    default: axes.allSatisfy { $0 >= 2 }
    }
  }
}

extension Reduction: WritableOperator {
  public func write(_ inputs: [Written], shape: WrittenShape, to writer: GraphWriter) throws -> Written {
    writer.reshaped(total(reduction, of: inputs[0], to: writer), to: shape)
  }

  public func writePullback(
    _ cotangent: Written, at point: WrittenPoint, to writer: GraphWriter
  ) throws -> [Written?] {
    let shape = point.inputShapes[0]
    let g = writer.reshaped(cotangent, to: shape.ones(along: axes))
    let count = Float(axes.reduce(1) { $0 * shape[$1] })
    switch reduction {
    case .sum: return [writer.expanded(g, to: shape)]
    case .mean: return [writer.expanded(try writer.scaled(g, by: 1 / count), to: shape)]
    default: return [try writer.product(slope(at: point.input(0), to: writer), g)]
    }
  }

  /// The derivative of the reduction by each of its scalars.
  private func slope(at x: Written, to writer: GraphWriter) throws -> Written {
    switch reduction {
    case .sum, .mean: preconditionFailure("sums and means have constant slopes")
    case .max, .min:
      let isExtreme = try writer.comparison("Equal", x, total(reduction, of: x, to: writer))
      let ones = writer.real(isExtreme.name, x.shape)
      return try writer.quotient(ones, total(.sum, of: ones, to: writer))
    case .product: throw ShapeError("the slope of a product over an axis cannot be written in ONNX's operators")
    case .l1: return writer.unary("Sign", x)
    case .l2:
      return try writer.quotient(
        x, writer.binary("Max", total(.l2, of: x, to: writer), writer.scalar(.leastNormalMagnitude)))
    case .sumOfSquares: return try writer.scaled(x, by: 2)
    case .logarithmOfSum:
      return writer.expanded(writer.unary("Reciprocal", total(.sum, of: x, to: writer)), to: x.shape)
    case .logarithmOfSumOfExponentials:
      return writer.unary("Exp", try writer.difference(x, total(reduction, of: x, to: writer)))
    }
  }

  private func total(_ reduction: ReductionKind, of x: Written, to writer: GraphWriter) -> Written {
    let type =
      switch reduction {
      case .sum: "ReduceSum"
      case .mean: "ReduceMean"
      case .max: "ReduceMax"
      case .min: "ReduceMin"
      case .product: "ReduceProd"
      case .l1: "ReduceL1"
      case .l2: "ReduceL2"
      case .sumOfSquares: "ReduceSumSquare"
      case .logarithmOfSum: "ReduceLogSum"
      case .logarithmOfSumOfExponentials: "ReduceLogSumExp"
      }
    return writer.reduced(type, x, axes: axes)
  }
}

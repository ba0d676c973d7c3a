public import Kernels

/// A function of two arrays that broadcast: sums, products, powers, maxima.
public struct Arithmetic: Operator {
  /// What becomes of two scalars that meet by broadcasting.
  public let function: BinaryFunction

  /// A function of two arrays.
  public init(_ function: BinaryFunction) { self.function = function }

  public var name: String {
    switch function {
    case .add: "Add"
    case .subtract: "Subtract"
    case .multiply: "Multiply"
    case .divide: "Divide"
    case .power: "Power"
    case .maximum: "Maximum"
    case .minimum: "Minimum"
    }
  }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] { try broadcast(inputs[0], inputs[1]) }

  public func forward(_ inputs: [NDArray]) throws -> NDArray { try combine(function, inputs[0], inputs[1]) }

  public var pullbackNeeds: PullbackNeeds {
    switch function {
    case .add, .subtract: .nothing
    default: .inputs
    }
  }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    try [0, 1].map { side in
      point.wanted[side] ? try summed(derivative(side, cotangent, at: point), to: point.inputShapes[side]) : nil
    }
  }

  /// The cotangent times the partial derivative by one side, before undoing the broadcast.
  private func derivative(_ side: Int, _ g: NDArray, at point: LinearizationPoint) throws -> NDArray {
    switch (function, side) {
    case (.add, _), (.subtract, 0): return g
    case (.subtract, _): return try apply(.neg, g)
    case (.multiply, _): return try combine(.multiply, g, point.input(1 - side))
    case (.divide, 0): return try combine(.divide, g, point.input(1))
    case (.divide, _):
      // Divided twice: the square of a tiny divisor would be zero.
      let quotient = try combine(.divide, combine(.divide, point.input(0), point.input(1)), point.input(1))
      return try apply(.neg, combine(.multiply, g, quotient))
    case (.power, 0):
      let (x, p) = (point.input(0), point.input(1))
      let slope = try combine(.multiply, p, combine(.power, x, combine(.subtract, p, .scalar(1))))
      return try combine(.multiply, g, slope)
    case (.power, _):
      let (x, p) = (point.input(0), point.input(1))
      // Powers of zero are zero whatever their exponent.
      let logarithm = try selected(x, apply(.log, x), .scalar(0))
      return try combine(.multiply, g, combine(.multiply, combine(.power, x, p), logarithm))
    case (.maximum, _), (.minimum, _): return try combine(.multiply, g, share(of: side, at: point))
    }
  }

  /// One where this side is chosen, a half where both are equal.
  private func share(of side: Int, at point: LinearizationPoint) throws -> NDArray {
    let (own, other) = (point.input(side), point.input(1 - side))
    let lead = function == .maximum ? try combine(.subtract, own, other) : try combine(.subtract, other, own)
    let ahead = try apply(.sign, lead)
    return try combine(.multiply, combine(.add, ahead, .scalar(1)), .scalar(0.5))
  }

  public var kind: OperatorKind {
    switch function {
    case .add: .sum
    case .subtract: .difference
    case .multiply: .product
    case .divide, .power, .maximum, .minimum: .other
    }
  }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .elementwise }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.elementwise, .elementwise] }

  public func isAffine(in input: Int) -> Bool {
    switch function {
    case .add, .subtract, .multiply: true
    case .divide: input == 0
    case .power, .maximum, .minimum: false
    }
  }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { false }
}

extension Arithmetic: WritableOperator {
  private var type: String {
    switch function {
    case .add: "Add"
    case .subtract: "Sub"
    case .multiply: "Mul"
    case .divide: "Div"
    case .power: "Pow"
    case .maximum: "Max"
    case .minimum: "Min"
    }
  }

  public func write(_ inputs: [Written], shape: WrittenShape, to writer: GraphWriter) throws -> Written {
    writer.add(type, inputs, shape: shape)
  }

  public func writePullback(
    _ cotangent: Written, at point: WrittenPoint, to writer: GraphWriter
  ) throws -> [Written?] {
    try [0, 1].map { side in
      guard point.wanted[side] else { return nil }
      return try writer.summed(derivative(side, cotangent, at: point, to: writer), to: point.inputShapes[side])
    }
  }

  /// The cotangent times the partial derivative by one side, before undoing the broadcast.
  private func derivative(
    _ side: Int, _ g: Written, at point: WrittenPoint, to writer: GraphWriter
  ) throws -> Written {
    switch (function, side) {
    case (.add, _), (.subtract, 0): return g
    case (.subtract, _): return try writer.scaled(g, by: -1)
    case (.multiply, _): return try writer.product(g, point.input(1 - side))
    case (.divide, 0): return try writer.quotient(g, point.input(1))
    case (.divide, _):
      let quotient = try writer.quotient(writer.quotient(point.input(0), point.input(1)), point.input(1))
      return try writer.scaled(writer.product(g, quotient), by: -1)
    case (.power, 0):
      let (x, p) = (try point.input(0), try point.input(1))
      return try writer.product(
        g, writer.product(p, writer.binary("Pow", x, writer.difference(p, writer.scalar(1)))))
    case (.power, _):
      let (x, p) = (try point.input(0), try point.input(1))
      let isZero = try writer.comparison("Equal", x, writer.scalar(0))
      let logarithm = try writer.selection(isZero, writer.scalar(0), writer.unary("Log", x))
      return try writer.product(g, writer.product(writer.binary("Pow", x, p), logarithm))
    case (.maximum, _), (.minimum, _):
      let (own, other) = (try point.input(side), try point.input(1 - side))
      let lead = function == .maximum ? try writer.difference(own, other) : try writer.difference(other, own)
      return try writer.product(g, writer.scaled(writer.shifted(writer.unary("Sign", lead), by: 1), by: 0.5))
    }
  }
}

public import Kernels

/// A function applied to each scalar: activation functions, roots, powers of e.
public struct ElementwiseFunction: Operator {
  /// What becomes of each scalar.
  public let function: UnaryFunction

  /// A function of each scalar.
  public init(_ function: UnaryFunction) { self.function = function }

  public var name: String {
    switch function {
    case .relu: "ReLU"
    case .leakyReLU: "LeakyReLU"
    case .clip(0, 6): "ReLU6"
    case .clip: "Clip"
    case .sigmoid: "Sigmoid"
    case .tanh: "Tanh"
    case .elu: "ELU"
    case .selu: "SELU"
    case .gelu, .geluTanh: "GELU"
    case .silu: "SiLU"
    case .mish: "Mish"
    case .hardSigmoid: "HardSigmoid"
    case .hardSwish: "HardSwish"
    case .softplus: "Softplus"
    default: "\(function)".prefix { $0 != "(" }.capitalized
    }
  }

  /// Where a rectifier clips, infinity for a ReLU; `nil` for other functions.
  var rectifierBound: Float? {
    switch function {
    case .relu: .infinity
    case .clip(0, let high): high
    default: nil
    }
  }

  /// The derivative where it is the same everywhere.
  private var slope: Float? {
    switch function {
    case .linear(let slope, _): slope
    case .neg: -1
    default: nil
    }
  }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] { inputs[0] }

  public func forward(_ inputs: [NDArray]) throws -> NDArray { try apply(function, inputs[0]) }

  /// A rectifier's derivative can be read off its output, which the next layer often keeps alive anyway.
  public var pullbackNeeds: PullbackNeeds { slope != nil ? .nothing : activation == .rectifier ? .output : .inputs }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    if let slope { return [try apply(.linear(slope, 0), cotangent)] }
    let place = activation == .rectifier ? point.keptOutput : point.input(0)
    return [try applyPullback(function, cotangent, input: place)]
  }

  public var kind: OperatorKind {
    switch function {
    case .relu, .clip(0, _): .activation(.rectifier)
    case .leakyReLU, .elu, .selu, .gelu, .geluTanh, .silu, .mish, .hardSwish, .softplus, .tanh: .activation(.other)
    case .clip, .sigmoid, .hardSigmoid, .celu, .softsign, .shrink, .thresholdedReLU: .activation(nil)
    default: .other
    }
  }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .elementwise }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.elementwise] }

  public func isAffine(in input: Int) -> Bool { slope != nil }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { function.isZeroAtZero }
}

extension Substring {
  fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst() }
}

extension ElementwiseFunction: WritableOperator {
  public func write(_ inputs: [Written], shape: WrittenShape, to writer: GraphWriter) throws -> Written {
    try function.written(inputs[0], to: writer)
  }

  public func writePullback(
    _ cotangent: Written, at point: WrittenPoint, to writer: GraphWriter
  ) throws -> [Written?] {
    if let slope { return [try writer.scaled(cotangent, by: slope)] }
    if activation == .rectifier {
      let y = try point.output()
      let kept = try writer.kept(cotangent, where: y, "Greater", 0)
      guard let bound = rectifierBound, bound.isFinite else { return [kept] }
      return [try writer.kept(kept, where: y, "Less", bound)]
    }
    return [try function.writtenPullback(cotangent, at: point.input(0), to: writer)]
  }
}

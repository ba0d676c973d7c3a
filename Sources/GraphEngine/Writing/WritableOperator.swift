public import Kernels

/// An operator that can be written out in ONNX's standard operators, forwards and backwards.
public protocol WritableOperator: Operator {
  /// Writes what the operator computes of these inputs.
  ///
  /// - Parameters:
  ///   - inputs: in the operator's order.
  ///   - shape: that of the result.
  ///   - writer: where it is written.
  /// - Returns: The result.
  /// - Throws: ``ShapeError`` saying what cannot be written.
  func write(_ inputs: [Written], shape: WrittenShape, to writer: GraphWriter) throws -> Written

  /// Writes the vector–Jacobian product: the cotangent of each wanted input, given that of the output; `nil` for others.
  ///
  /// - Throws: ``ShapeError`` saying what cannot be written.
  func writePullback(_ cotangent: Written, at point: WrittenPoint, to writer: GraphWriter) throws -> [Written?]
}

/// A linear operator that can be written out with any weights.
public protocol WritableLinearOperator: WritableOperator, LinearOperator {
  /// Writes `W x + b`, the activation being input number `input`.
  func write(_ x: Written, _ weights: WrittenWeights, at input: Int, shape: WrittenShape, to writer: GraphWriter) throws
    -> Written

  /// Writes `Wᵀ v`, in the shape of the activation.
  func writePullback(
    _ v: Written, _ weights: WrittenWeights, at input: Int, inputShape: WrittenShape, to writer: GraphWriter
  ) throws -> Written

  /// Writes the constants as ``LinearOperator/weights(among:of:)`` has them; `nil` where those are none.
  func writeWeights(_ point: WrittenPoint, of input: Int, to writer: GraphWriter) throws -> WrittenWeights?
}

/// The constants of a linear operator, written out.
public struct WrittenWeights {
  public var weights: Written
  public var bias: Written?

  /// Weights, and what is added to their product.
  public init(_ weights: Written, bias: Written? = nil) { (self.weights, self.bias) = (weights, bias) }
}

/// Where a step is differentiated in a graph that is written out.
public struct WrittenPoint {
  /// The shapes of the inputs.
  public let inputShapes: [WrittenShape]
  /// The shape of the output.
  public let outputShape: WrittenShape
  /// Which inputs depend on the image.
  public let wanted: [Bool]
  /// For each input the array, where it is a constant.
  public let constants: [NDArray?]
  private let value: (_ input: Int) throws -> Written
  private let result: () throws -> Written

  /// A point; what it is asked for is written when it is.
  public init(
    inputShapes: [WrittenShape], outputShape: WrittenShape, wanted: [Bool], constants: [NDArray?],
    value: @escaping (_ input: Int) throws -> Written, result: @escaping () throws -> Written
  ) {
    (self.inputShapes, self.outputShape, self.wanted) = (inputShapes, outputShape, wanted)
    (self.constants, self.value, self.result) = (constants, value, result)
  }

  /// What the step reads as input number `index`.
  ///
  /// - Throws: Where it cannot be written.
  public func input(_ index: Int) throws -> Written { try value(index) }

  /// What the step computes.
  ///
  /// - Throws: Where it cannot be written.
  public func output() throws -> Written { try result() }

  /// The numbers of a constant input.
  func constant(_ index: Int, of op: some Operator) throws -> NDArray {
    guard constants.indices.contains(index), let array = constants[index] else {
      throw ShapeError("\(op.name) with weights that depend on the image cannot be differentiated")
    }
    return array
  }

  /// Room for the cotangents of all inputs but the first, none of which is wanted.
  var noWeights: [Written?] { inputShapes.dropFirst().map { _ in nil } }
}

/// A normalisation whose pullback can be written out with what it divides by taken as a constant.
public protocol WritableNormalization: WritableOperator, Normalization {
  /// Writes the activation's cotangent, in its shape.
  func writeLinearPullback(_ cotangent: Written, at point: WrittenPoint, to writer: GraphWriter) throws -> Written
}

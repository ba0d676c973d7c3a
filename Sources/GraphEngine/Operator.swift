public import Kernels

/// One differentiable step of a network.
///
/// An operator is a value: its attributes are stored properties, and it keeps
/// nothing between calls. What the backward pass needs is handed back to it.
/// Weights are inputs like any other, constant ones.
public protocol Operator: OperatorProperties {
  /// What the field calls the operator: `Convolution`, `ReLU`, `MaxPool`.
  var name: String { get }

  /// The shape of the output for inputs of these shapes, batch first.
  ///
  /// - Throws: ``ShapeError`` saying which extent does not fit.
  func outputShape(of inputs: [[Int]]) throws -> [Int]

  /// The output for these inputs, in whatever memory layout suits.
  func forward(_ inputs: [NDArray]) throws -> NDArray

  /// Which activations the pullback asks for; all others are free to go after the forward pass.
  var pullbackNeeds: PullbackNeeds { get }

  /// The vector–Jacobian product: the cotangent of each wanted input, given that of the output.
  ///
  /// The result has one element per input; those of unwanted inputs (weights) are `nil`.
  func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?]

  /// How many multiplications and additions the forward pass takes for inputs of these shapes, counted as one where they
  /// go together; about one for each scalar unless the operator says otherwise.
  func multiplyAdds(of inputs: [[Int]], output: [Int]) -> Int

  /// Whether its arithmetic gains from a lower precision, so that operands are converted to the plan's; others take
  /// operands as they come.
  var followsPlanPrecision: Bool { get }
}

extension Operator {
  public var name: String { String(describing: Self.self) }
  public var followsPlanPrecision: Bool { false }
  public func multiplyAdds(of inputs: [[Int]], output: [Int]) -> Int { output.reduce(1, *) }
}

/// Which activations of a step its pullback asks for.
public enum PullbackNeeds: Sendable { case nothing, inputs, output }

/// Where a step is differentiated: what the forward pass kept of it.
public struct LinearizationPoint: Sendable {
  /// The inputs: constants always, activations where the operator's ``PullbackNeeds`` asks for them.
  public let inputs: [NDArray?]
  /// The output, where asked for.
  public let output: NDArray?
  /// The shapes of the inputs, batch first.
  public let inputShapes: [[Int]]
  /// The shape of the output, batch first.
  public let outputShape: [Int]
  /// Which inputs depend on the image, so that their cotangents are wanted.
  public let wanted: [Bool]

  /// A point with what was kept of it; arrays that the operator did not ask for may be missing.
  public init(inputs: [NDArray?], output: NDArray?, inputShapes: [[Int]], outputShape: [Int], wanted: [Bool]) {
    self.inputs = inputs
    self.output = output
    self.inputShapes = inputShapes
    self.outputShape = outputShape
    self.wanted = wanted
  }
}

/// Why inputs of these shapes do not fit an operator; the graph adds the node's name.
public struct ShapeError: Error, Hashable, CustomStringConvertible {
  /// What does not fit, to end a sentence that names the node.
  public let description: String

  /// An error in words.
  public init(_ description: String) { self.description = description }
}

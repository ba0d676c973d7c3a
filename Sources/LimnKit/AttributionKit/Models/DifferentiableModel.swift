public import Tensors

/// A model whose outputs can be differentiated by its layers and inputs, for methods that use gradients.
public protocol DifferentiableModel: ModelAdapter {
  /// The steps of every run that a rule may cross in its own way, in evaluation order; `nil` where only a run tells, as
  /// unless said otherwise.
  var plannedSteps: [Step]? { get }

  /// Runs the network, keeping what the way back needs besides.
  ///
  /// - Parameter inputs: A tensor for each of the model's inputs, in their order and of their shapes.
  /// - Returns: What the way back starts from.
  /// - Throws: Where the tensors do not fit the inputs.
  func differentiableTrace(_ inputs: [Tensor]) throws -> any DifferentiableTrace
}

extension DifferentiableModel {
  public var plannedSteps: [Step]? { nil }

  public func trace(_ inputs: [Tensor]) throws -> any ForwardTrace { try differentiableTrace(inputs) }

  /// Runs a network that has one input.
  public func differentiableTrace(_ input: Tensor) throws -> any DifferentiableTrace {
    try differentiableTrace([input])
  }
}

/// One recorded forward pass, with the way back through it.
public protocol DifferentiableTrace: ForwardTrace {
  /// The steps between the inputs and the outputs that a rule may cross in its own way, in evaluation order.
  var steps: [Step] { get }

  /// Pulls cotangents of the outputs back to `layer`: the vector–Jacobian product, with `rule` deciding how each step is
  /// crossed.
  ///
  /// Calls with the same cotangents and rule continue one backward pass: a shallower layer starts from the cotangents at
  /// hand, so ask for deep layers first. A rule may ask for other gradients of the same trace while a step is crossed.
  ///
  /// - Returns: The derivative in the layer's shape; zero where the outputs do not depend on it.
  /// - Throws: Where the layer is none of the model's, and whatever the rule throws; the next call begins anew then.
  func pullback(_ cotangents: Cotangents, to layer: Layer, under rule: any GradientRule) throws -> Tensor

  /// How often this trace has begun a backward pass at the outputs.
  var backwardPasses: Int { get }
}

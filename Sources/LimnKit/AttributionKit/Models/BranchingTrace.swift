public import Tensors

/// A recorded pass that can be run on from a layer whose activation is another, and differentiated from there on.
public protocol BranchingTrace: DifferentiableTrace, ResumableTrace {
  /// The pass from `layer` on, with this activation of the layer's shape in place of its own.
  ///
  /// Everything that does not depend on the layer is as it was in this pass. Asked for what lies before the layer, the
  /// branch throws.
  ///
  /// - Parameters:
  ///   - layer: The layer where the pass begins anew.
  ///   - activation: What stands there, in the layer's shape.
  /// - Returns: What the network computes from there.
  /// - Throws: Where the layer is none of the model's, or the activation does not fit it.
  func branch(replacing layer: Layer, with activation: Tensor) throws -> any DifferentiableTrace
}

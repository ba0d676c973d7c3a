public import Tensors

/// What happens to the cotangent `v` of a step's output on its way to the input of the step, whose Jacobian is `J`.
///
/// The vocabulary is closed: relevance propagation is a value of its own, and ``computed(_:)`` takes whatever else a
/// method may need. An adapter that works with plain tensors performs all of it by ``CrossedStep/crossed(by:)``.
public enum Crossing: Sendable {
  /// `vᵀJ`: the operator's own derivative.
  case derivative
  /// `max(0, v)ᵀJ`: only positive cotangents, gated by the operator's derivative.
  case derivativeOfPositive
  /// `max(0, v)`: only positive cotangents, whatever the activation was.
  case positive
  /// `v` is relevance, which is shared out among the inputs.
  case relevance(Relevance)
  /// Any other cotangent of the same shape; slower, since it leaves the engine's memory layout.
  case replaced(@Sendable (_ cotangent: Tensor) throws -> Tensor)
  /// Any cotangents of the inputs, from all that is known at the step; slower, since it leaves the engine's memory
  /// layout, and the step's values may have to be computed again.
  ///
  /// One for each input, in the input's shape; those of constants are ignored, and `nil` stands for zero.
  case computed(@Sendable (_ step: CrossedStep) throws -> [Tensor?])
}

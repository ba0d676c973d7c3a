import AttributionKit
import Tensors

/// One step of the network: a function of `[channels, height, width]`, and the way back through it.
protocol Stage: Sendable {
  /// What the step is called in the field: `Convolution`, `MaxPool`.
  var operatorName: String { get }
  var outputShape: [Int] { get }
  /// What kind of activation function this is, if it is one.
  var activation: Step.Activation? { get }
  /// Whether the step is linear and treats all places of a channel alike, as what follows the last layer of CAM must.
  var isLinearAndPlaceless: Bool { get }

  func forward(_ input: Tensor) -> Tensor

  /// The derivative by the input of what `cotangent` is the derivative of by the output: `vᵀJ`.
  func pullback(_ cotangent: Tensor, input: Tensor) -> Tensor
}

extension Stage {
  var activation: Step.Activation? { nil }
  var isLinearAndPlaceless: Bool { false }
}

import AttributionKit
import Tensors

/// A function of each scalar, by the name that configurations give it.
enum ActivationFunction: String, CaseIterable {
  case linear, relu, leaky, logistic
}

/// An activation function as a step of the network.
struct Activation: Stage {
  let function: ActivationFunction
  let outputShape: [Int]

  var operatorName: String {
    switch function {
    case .linear: "Identity"
    case .relu: "ReLU"
    case .leaky: "LeakyReLU"
    case .logistic: "Sigmoid"
    }
  }

  /// Guided backpropagation and its kin change the way through these.
  var activation: Step.Activation? { function == .relu ? .rectifier : .other }

  func forward(_ input: Tensor) -> Tensor {
    switch function {
    case .linear: input
    case .relu: input.map { $0 > 0 ? $0 : 0 }
    case .leaky: input.map { $0 > 0 ? $0 : 0.1 * $0 }
    case .logistic: input.sigmoid()
    }
  }

  func pullback(_ cotangent: Tensor, input: Tensor) -> Tensor {
    switch function {
    case .linear: cotangent
    case .relu: cotangent * input.map { $0 > 0 ? 1 : 0 }
    case .leaky: cotangent * input.map { $0 > 0 ? 1 : 0.1 }
    case .logistic: cotangent * input.sigmoid().map { $0 * (1 - $0) }
    }
  }
}

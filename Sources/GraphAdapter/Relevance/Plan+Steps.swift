import AttributionKit
import GraphEngine

extension Plan {
  /// The steps as rules see them, by name.
  ///
  /// - Parameters:
  ///   - activations: the steps that depend on the image, each with the kind of activation function it is.
  ///   - linear: the linear steps, with what is folded into each.
  /// - Returns: The steps by the names of their outputs.
  func steps(
    seeing activations: [(step: PlannedStep, kind: ActivationKind?)], linear: [LinearStep]
  ) -> [String: Step] {
    let owners = Dictionary(
      linear.flatMap { linear in linear.folded.map { ($0.name, linear.step.name) } },
      uniquingKeysWith: { first, _ in first })
    // What lies behind a linear step.
    var isBehind: Set<String> = []
    var steps: [String: Step] = [:]
    for (step, activation) in activations {
      let isFurther = step.node.inputs.contains { isBehind.contains($0) }
      let kind = Step.Kind(kind(of: step), activation: activation)
      if isFurther || kind == .linear { isBehind.insert(step.name) }
      steps[step.name] = Step(
        name: step.name, operatorName: step.operatorName, activation: activation.map(Step.Activation.init), kind: kind,
        isFirst: kind == .linear && !isFurther, inputs: step.node.inputs, foldedInto: owners[step.name])
    }
    return steps
  }
}

extension Step.Activation {
  fileprivate init(_ kind: ActivationKind) {
    switch kind {
    case .rectifier: self = .rectifier
    case .other: self = .other
    }
  }
}

extension Step.Kind {
  /// A gate `x · sigmoid(x)` is a product, and an activation function.
  fileprivate init(_ kind: OperatorKind, activation: ActivationKind?) {
    switch kind {
    case _ where activation != nil: self = .activation
    case .linear: self = .linear
    case .matrixProduct: self = .matrixProduct
    case .normalization: self = .normalization
    case .activation: self = .activation
    case .sum, .difference: self = .sum
    case .product: self = .product
    case .softmax: self = .softmax
    case .pooling(.average): self = .pooling(.average)
    case .pooling(.maximum): self = .pooling(.max)
    case .pooling(.norm): self = .pooling(.norm)
    case .affine: self = .affine
    case .movement: self = .movement
    case .resizing: self = .resizing
    case .other: self = .other
    }
  }
}

extension PlannedStep {
  /// The layer's name: that of the value computed.
  public var name: String { node.output }

  /// The operator's name in the field's words.
  public var operatorName: String { node.op.name }
}

extension Plan {
  /// The steps that depend on the image, each with the kind of activation function it is, if it is one.
  ///
  /// Exporters spell SiLU as `x · Sigmoid(x)`: the product is the activation function then, and crossing it in a rule's
  /// own way means crossing both nodes, since the sigmoid's cotangent comes out of the product.
  public var activations: [(step: PlannedStep, kind: ActivationKind?)] {
    let producers = Dictionary(uniqueKeysWithValues: steps.map { ($0.output, $0) })
    return steps.filter { $0.wanted.contains(true) }.map { step in
      (step, step.node.op.activation ?? (GatedActivation(product: step) { producers[$0] }.map { _ in .other }))
    }
  }
}

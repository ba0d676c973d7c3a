extension Plan {
  /// What a step is in this network, where one of two factors or addends may be constant.
  public func kind(of step: PlannedStep) -> OperatorKind {
    let kind = step.node.op.kind
    guard let only = step.onlyWanted, step.inputs.count > 1 || step.node.op.isAffine(in: 0) else { return kind }
    switch kind {
    case .matrixProduct: return .linear
    case .sum, .difference, .product, .other:
      let influence = step.node.op.influence(of: step.inputs.map { values.shapes[$0] })
      return step.node.op.isAffine(in: only) && influence[only] == .elementwise ? .affine : kind
    default: return kind
    }
  }
}

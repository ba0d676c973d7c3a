import AttributionKit
import GraphEngine
import Kernels
import Tensors

extension GraphModel {
  /// How a rule crosses a step: in its own way only what is a layer.
  func crossing(of step: PlannedStep, under rule: any GradientRule) -> StepCrossing {
    guard let seen = steps[step.name] else { return .derivative }
    // Relevance passes what is folded into a linear step, which then shares it out for both.
    if let owner = seen.foldedInto.flatMap({ steps[$0] }), case .relevance = rule.crossing(owner) {
      return .replaced { $0 }
    }
    switch rule.crossing(seen) {
    case .derivative: return .derivative
    case .derivativeOfPositive: return .derivativeOfPositive
    case .positive: return .positive
    case .replaced(let transform): return .replaced { NDArray(try transform($0.tensor)) }
    case .relevance(let relevance):
      let linear = linearSteps[step.name]
      return .computed { try relevance.shared(at: $0, seen, linear: linear) }
    case .computed(let compute):
      let linear = linearSteps[step.name]
      return .computed { try $0.computed(by: compute, seen, linear) }
    }
  }
}

extension BackwardStep {
  /// The cotangents that a rule computes of this step in plain tensors, those of one image.
  fileprivate func computed(
    by compute: (CrossedStep) throws -> [Tensor?], _ seen: Step, _ linear: LinearStep?
  ) throws -> [NDArray?] {
    let inputs = try inputShapes.indices.map { index in
      let array = try input(index)
      return wanted[index] ? array.image : array.tensor
    }
    let crossed = CrossedStep(
      seen, inputs: inputs, output: try output().image, cotangent: cotangent.image, linear: linear.map(parts),
      function: { try step.node.op.forward(zip($0, inputShapes).map { NDArray($0).reshaped($1) }).image }
    ) { cotangent in
      try pullback(NDArray(cotangent).reshaped(outputShape)).map { $0?.image }
    }
    let results = try crossed.checked(compute(crossed))
    return results.indices.map { index in
      wanted[index] ? results[index].map { NDArray($0).reshaped(inputShapes[index]) } : nil
    }
  }
}

extension BackwardStep {
  /// A linear step in plain tensors of one image.
  private func parts(of linear: LinearStep) -> LinearParts {
    let (own, inputShape, outputShape) = (linear.weights, inputShapes[linear.input], outputShape)
    return LinearParts(input: linear.input) { x, part, includesBias in
      let bias = includesBias ? own.bias.map(part.part) : nil
      let weights = LinearWeights(part.part(of: own.weights), bias: bias)
      return try linear.forward(NDArray(x).reshaped(inputShape), weights).image
    } transposedProduct: { v, part in
      let weights = LinearWeights(part.part(of: own.weights), bias: nil)
      return try linear.pullback(NDArray(v).reshaped(outputShape), weights, inputShape: inputShape).image
    }
  }
}

extension NDArray {
  /// A plain copy without the batch of one.
  fileprivate var image: Tensor { shape.first == 1 ? tensor.reshaped(Array(shape.dropFirst())) : tensor }
}

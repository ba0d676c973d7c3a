public import Tensors

/// A step of a recorded pass at the moment when a cotangent crosses it, in plain tensors.
///
/// Activations are those of one image in the network's own order, without the batch: `[channels, height, width]`, or
/// `[tokens, features]`. Weights are as the network holds them.
public struct CrossedStep {
  /// The step that is crossed.
  public let step: Step
  /// What the step reads, weights included, in the order of ``Step/inputs``.
  public let inputs: [Tensor]
  /// What it computed.
  public let output: Tensor
  /// The cotangent of the output, in its shape.
  public let cotangent: Tensor
  /// The step as a map that its weights make; `nil` where it has none of its own, or its adapter does not hand them out.
  public let linear: LinearParts?
  private let derivative: (_ cotangent: Tensor) throws -> [Tensor?]
  private let function: ((_ inputs: [Tensor]) throws -> Tensor)?

  /// A step as its adapter recorded it.
  ///
  /// - Parameters:
  ///   - step: the step that is crossed.
  ///   - inputs: what it reads.
  ///   - output: what it computed.
  ///   - cotangent: that of the output.
  ///   - linear: the map that its weights make, where it has some.
  ///   - function: what it computes of any inputs, in the order and shapes of `inputs`.
  ///   - derivative: the vector–Jacobian product, one cotangent for each input; `nil` for those that are constant.
  public init(
    _ step: Step, inputs: [Tensor], output: Tensor, cotangent: Tensor, linear: LinearParts? = nil,
    function: ((_ inputs: [Tensor]) throws -> Tensor)? = nil,
    derivative: @escaping (_ cotangent: Tensor) throws -> [Tensor?]
  ) {
    self.step = step
    self.inputs = inputs
    self.output = output
    self.cotangent = cotangent
    self.linear = linear
    self.function = function
    self.derivative = derivative
  }

  /// The vector–Jacobian product `vᵀJ`: the cotangent of each input for any cotangent of the output, `nil` for constants.
  ///
  /// - Throws: Whatever the model throws.
  public func pullback(_ cotangent: Tensor) throws -> [Tensor?] { try derivative(cotangent) }

  /// What the step computes where it reads other values, in the order and shapes of ``inputs``.
  ///
  /// - Throws: ``RuleError/cannotEvaluate(step:)`` where its adapter runs no single steps; whatever the model throws.
  public func value(at inputs: [Tensor]) throws -> Tensor {
    guard let function else { throw RuleError.cannotEvaluate(step: step.name) }
    return try function(inputs)
  }
}

/// Crossing a step in plain tensors, for adapters that have no faster way.
extension CrossedStep {
  /// The cotangents of the inputs, one for each; `nil` for constants and where there is none.
  ///
  /// - Throws: ``RuleError`` where the crossing does not fit the step, or takes parts of its weights; whatever the model
  ///   or the rule throws.
  public func crossed(by crossing: Crossing) throws -> [Tensor?] {
    switch crossing {
    case .derivative: try pullback(cotangent)
    case .derivativeOfPositive: try pullback(cotangent.rectified())
    case .positive: try passed(cotangent.rectified())
    case .replaced(let replacement): try passed(replacement(cotangent))
    case .relevance(let relevance): try shared(by: relevance)
    case .computed(let compute): try checked(compute(self))
    }
  }

  /// A cotangent handed on as it is, to the first input of its shape, or to the one of that number.
  ///
  /// - Throws: ``RuleError/changesShape(step:)`` where no such input has the shape.
  public func passed(_ cotangent: Tensor, to input: Int? = nil) throws -> [Tensor?] {
    let fitting = inputs.indices.filter { inputs[$0].shape == cotangent.shape }
    guard let main = input == nil ? fitting.first : fitting.first(where: { $0 == input }) else {
      throw RuleError.changesShape(step: step.name)
    }
    return inputs.indices.map { $0 == main ? cotangent : nil }
  }

  /// The results of a rule's own computation, one for each input and in its shape.
  ///
  /// - Throws: ``RuleError/wrongResult(step:)`` where they are not.
  public func checked(_ results: [Tensor?]) throws -> [Tensor?] {
    let fits =
      results.count == inputs.count && zip(results, inputs).allSatisfy { $0.map(\.shape) ?? $1.shape == $1.shape }
    guard fits else { throw RuleError.wrongResult(step: step.name) }
    return results
  }

  /// `Σ share · x ⊙ Jᵀ(R / stab(y))`: what needs no weights apart from the Jacobian.
  private func shared(by relevance: Relevance) throws -> [Tensor?] {
    let groups: [Relevance.Group]
    switch relevance.flow {
    case .passed(let input): return try passed(cotangent, to: input)
    case .shared(let sharing): groups = sharing
    }
    guard relevance.includesBias, groups.allSatisfy({ $0.members == [.init(.all, .all)] }) else {
      throw RuleError.needsWeights(step: step.name)
    }
    var shares: [Tensor?] = inputs.map { _ in nil }
    for group in groups {
      let quotients = zip(cotangent.scalars, output.scalars).map {
        group.outputs.includes($1) ? group.share * relevance.quotient($0, by: $1) : 0
      }
      for (index, pulled) in try pullback(Tensor(quotients, shape: output.shape)).enumerated() {
        guard let pulled else { continue }
        let share = inputs[index] * pulled
        shares[index] = shares[index].map { $0 + share } ?? share
      }
    }
    return shares
  }
}

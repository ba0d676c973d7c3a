/// What speaks against another target: the other side of the one logit that answers a yes-or-no question.
///
///     y = −t,    ∂y/∂z = −∂t/∂z
public struct Opposite: Target {
  public let base: any Target

  /// What speaks against `base`.
  public init(of base: any Target) { self.base = base }

  public var isLinear: Bool { base.isLinear }

  public func score(of outputs: Outputs) throws -> Score {
    let score = try base.score(of: outputs)
    return Score(
      value: -score.value, cotangents: -score.cotangents, classIndex: score.classIndex,
      contrastIndex: score.contrastIndex, isNegative: !score.isNegative)
  }

  public func pinned(to outputs: Outputs) throws -> any Target { Opposite(of: try base.pinned(to: outputs)) }
}

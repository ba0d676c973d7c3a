/// A target put to another output of the network than the one explained.
///
///     y = t(zₒ),    ∂y/∂zₒ = ∂t/∂zₒ
public struct OnOutput: Target {
  public let base: any Target
  /// The name of the output.
  public let name: String

  /// What `base` asks, about the output of this name.
  public init(_ name: String, _ base: any Target) {
    self.name = name
    self.base = base
  }

  public var isLinear: Bool { base.isLinear }

  /// - Throws: ``AttributionError/noSuchOutput(_:among:)``, and what the target throws.
  public func score(of outputs: Outputs) throws -> Score {
    let score = try base.score(of: outputs.explaining(name))
    return score.with(try outputs.cotangents(score.cotangents, explaining: name))
  }

  public func pinned(to outputs: Outputs) throws -> any Target {
    OnOutput(name, try base.pinned(to: outputs.explaining(name)))
  }
}

extension Target {
  /// The same target, put to the output of this name.
  public func of(output name: String) -> OnOutput { OnOutput(name, self) }
}

import Tensors

/// The logit of the class the network ranks at `rank`, zero being its prediction; ties go to the lower index.
public struct RankedLogit: Target, Hashable {
  public let rank: Int

  public init(rank: Int) { self.rank = rank }

  /// - Throws: ``AttributionError/noSuchRank(_:count:)``, ``AttributionError/needsRegion(_:)``,
  ///   ``AttributionError/noClasses(_:)``.
  public func score(of outputs: Outputs) throws -> Score { try chosen(in: outputs).score(of: outputs) }

  public func pinned(to outputs: Outputs) throws -> any Target { try chosen(in: outputs) }

  private func chosen(in outputs: Outputs) throws -> ClassLogit {
    let count = try outputs.classCount
    guard (0..<count).contains(rank) else { throw AttributionError.noSuchRank(rank, count: count) }
    return ClassLogit(index: outputs.logits.descendingOrder()[rank])
  }
}

extension Target where Self == RankedLogit {
  /// The class the network predicts.
  public static var prediction: Self { Self(rank: 0) }
}

import Tensors

/// The logit of one class.
public struct ClassLogit: Target, Hashable {
  public let index: Int

  public init(index: Int) { self.index = index }

  public var isLinear: Bool { true }

  /// - Throws: ``AttributionError/noSuchClass(_:count:)``, ``AttributionError/needsRegion(_:)``,
  ///   ``AttributionError/noClasses(_:)``.
  public func score(of outputs: Outputs) throws -> Score {
    let count = try outputs.classCount
    guard (0..<count).contains(index) else { throw AttributionError.noSuchClass(index, count: count) }
    return Score(value: outputs.logits.scalars[index], cotangent: .oneHot(index, count: count), classIndex: index)
  }
}

extension Target where Self == ClassLogit {
  /// The logit of one class.
  public static func logit(_ index: Int) -> Self { Self(index: index) }
}

extension Outputs {
  /// How many classes there are scores of.
  ///
  /// - Throws: ``AttributionError/needsRegion(_:)`` where there are scores for each of many places,
  ///   ``AttributionError/noClasses(_:)`` where there are none.
  var classCount: Int {
    get throws {
      if logits.shape.count == 1 { return logits.shape[0] }
      guard case .places = explained.kind else { throw AttributionError.noClasses(explained) }
      throw AttributionError.needsRegion(logits.shape)
    }
  }
}

/// Why this class rather than another: a method explaining the difference of two scores.
///
///     M = m for y − y′,   y′ the score of the other class
///
/// Source: the question "why P, rather than Q?" of Prabhushankar et al., "Contrastive explanations in neural networks", ICIP
/// 2020, arXiv:2008.00178, put to the difference of the scores, so that it suits any method.
public struct Contrast: AttributionMethod {
  public let method: any AttributionMethod
  public var rival: Rival

  /// The class that the score is held against.
  public enum Rival: Hashable, Sendable, LosslessStringConvertible {
    /// The one of the greatest score among all others.
    case strongest
    case index(Int)
    /// The class that people call so, where the session's options tell which that is.
    case named(String)

    public init?(_ description: String) {
      if description == "strongest" {
        self = .strongest
      } else if let index = Int(description) {
        guard index >= 0 else { return nil }
        self = .index(index)
      } else {
        self = .named(description)
      }
    }

    public var description: String {
      switch self {
      case .strongest: "strongest"
      case .index(let index): "\(index)"
      case .named(let name): name
      }
    }
  }

  public init(_ method: any AttributionMethod, against rival: Rival = .strongest) {
    self.method = method
    self.rival = rival
  }

  /// Those of the method, which shares no walk with the session for the score itself.
  public func cost(on model: (any ModelAdapter)?) -> Cost { method.cost(on: model).unshared }

  /// - Throws: ``AttributionError/notAboutAClass``, ``AttributionError/noSuchClass(_:count:)``,
  ///   ``AttributionError/noOtherClass``; ``AttributionError/unusableParameter(_:value:method:expected:)`` for the class
  ///   that is explained itself.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    let rival = try rival.numbered(in: session)
    if case .index(let index) = rival, index == session.score.classIndex {
      throw AttributionError.unusableParameter(
        "class", value: "\(index)", method: "contrast", expected: "another class than the one explained")
    }
    let contrasted = try session.target.contrasted(with: rival, in: session.outputs)
    let inner = try method.attribution(in: session.retargeted(to: contrasted.target))
    return Attribution(
      inner.values, at: inner.layer, facts: inner.facts + [.remark("held against class \(contrasted.index)")])
  }
}

extension Contrast.Rival {
  /// The class by its number, where it was given by name.
  fileprivate func numbered(in session: ExplanationSession) throws -> Contrast.Rival {
    guard case .named(let name) = self else { return self }
    guard let classNamed = session.options.classNamed else {
      throw AttributionError.unusableParameter(
        "class", value: name, method: "contrast", expected: "a class's number here, where nobody knows names")
    }
    return .index(try classNamed(name))
  }
}

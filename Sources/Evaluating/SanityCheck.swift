public import AttributionKit
public import Explaining

/// Whether a map depends on what it should: on the class that it is about, and on the weights of the network.
///
/// A map that another class has as well, or a network whose later layers know nothing, says nothing of why the network
/// answers what it does, however well it lies on the object. Source: Adebayo et al., "Sanity checks for saliency maps",
/// NeurIPS 2018, arXiv:1810.03292; Sixt, Granz and Landgraf, "When explanations lie", ICML 2020, arXiv:1912.09818.
public struct SanityCheck: Hashable, Sendable {
  /// How alike the map is to that of the class with the least score, by the rank correlation of the pixels, −1…1; `nil`
  /// where there is no other class, or one of the maps is the same everywhere.
  public let otherClass: Float?
  /// How alike the map is to that of the network with the weights of the later half of its layers drawn anew, in the same
  /// measure; `nil` where weights cannot be drawn, or one of the maps is the same everywhere.
  public let randomWeights: Float?

  /// Above it two maps are taken for the same.
  public static let mostAlike: Float = 0.9

  /// Runs the method twice more.
  ///
  /// - Parameters:
  ///   - attribution: what the method made of the inquiry.
  ///   - method: the method.
  ///   - inquiry: the picture and the target.
  /// - Throws: What the method throws, or the progress handler of the picture.
  public init(of attribution: Attribution, by method: MethodExpression, in inquiry: Inquiry) throws {
    let session = inquiry.session
    let map = try Explanation(attribution, by: method.method, in: session).importance()
    func similarity(in other: ExplanationSession) throws -> Float? {
      let rival = try inquiry.interruptible { try Explanation(by: method.method, in: other).importance() }
      return MapSimilarity.spearman.similarity(of: map, and: rival)
    }
    otherClass = try session.otherClasses().last.flatMap { try similarity(in: session.retargeted(toClass: $0)) }
    randomWeights = try session.onRandomLaterLayers().flatMap(similarity)
  }

  /// What is wrong with such a map, in a clause without capital or full stop; `nil` where nothing is.
  public var objection: String? {
    func number(_ similarity: Float) -> String { "(rank correlation \(Wording.fixed(Double(similarity), places: 2)))" }
    if let otherClass, otherClass > Self.mostAlike {
      return "it draws the same map for another class \(number(otherClass))"
    }
    if let randomWeights, randomWeights > Self.mostAlike {
      return "its map stays when the weights of the later layers are random \(number(randomWeights))"
    }
    return nil
  }
}

extension ExplanationSession {
  /// The same question asked of the network with the weights of the later half of its layers drawn anew; `nil` where they
  /// cannot be.
  fileprivate func onRandomLaterLayers() throws -> ExplanationSession? {
    guard let layers = (model as? any RandomizableModel)?.weightedLayers, layers.count > 1 else { return nil }
    return try randomized(.cascade(to: layers[(layers.count - 1) / 2].name))
  }
}

extension Explained {
  /// A check for each entry; `nil` where there is no map to check.
  ///
  /// - Throws: What the progress handler of the picture throws.
  public func sanityChecks() throws -> [SanityCheck?] {
    try entries.map { entry in
      guard let attribution = try? entry.outcome.get() else { return nil }
      do { return try SanityCheck(of: attribution, by: entry.expression, in: inquiry) } catch is AttributionError {
        return nil
      }
    }
  }
}

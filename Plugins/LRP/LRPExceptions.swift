public import AttributionKit

/// Rules of single layers: `conv1=flat; layer4*=gamma(0.1)`.
///
/// A layer is a name, a pattern or an index, as for a target layer; where several fit, the last one decides.
public struct LRPExceptions: Hashable, Sendable {
  /// A rule for the layers that fit a pattern.
  public struct Exception: Hashable, Sendable {
    public var layers: TargetLayer
    public var rule: LRPRule

    public init(_ layers: TargetLayer, _ rule: LRPRule) { (self.layers, self.rule) = (layers, rule) }
  }

  public var list: [Exception]

  public init(_ list: [Exception]) { self.list = list }

  /// No rules beside the composite's.
  public static let none = LRPExceptions([])

  static let expected =
    "LAYER=RULE with semicolons between several, RULE being epsilon, epsilon(0.1), gamma(0.25), z-plus, "
    + "alpha-beta(2,1), z-box, flat, w-square or pass"

  var useBounds: Bool { list.contains { $0.rule == .zBox } }

  /// The rules by the names of the layers with weights that they are for.
  ///
  /// - Throws: ``AttributionError/unusableParameter(_:value:method:expected:)`` where none fits a pattern.
  func rules(
    in session: ExplanationSession, _ method: LRP, bounds: PixelBounds?
  ) throws -> [String: Relevance] {
    let linear = Set(session.steps.filter { $0.kind == .linear }.map(\.name))
    var rules: [String: Relevance] = [:]
    for exception in list {
      let names = exception.layers.matches(in: session.model).map(\.name).filter(linear.contains)
      guard !names.isEmpty else {
        throw AttributionError.unusableParameter(
          "rules", value: description, method: "lrp",
          expected: "layers with weights of this network, of which none fits '\(exception.layers)'")
      }
      for name in names { rules[name] = exception.rule.relevance(epsilon: method.epsilon, bounds: bounds) }
    }
    return rules
  }
}

extension LRPExceptions: LosslessStringConvertible {
  public init?(_ description: String) {
    guard description != "none" else {
      self = .none
      return
    }
    var list: [Exception] = []
    for part in description.split(separator: ";") {
      // The last one, since names may hold equals signs and rules do not.
      guard let sign = part.lastIndex(of: "="), let rule = LRPRule(part[part.index(after: sign)...].trimmed) else {
        return nil
      }
      let layers = part[..<sign].trimmed
      guard !layers.isEmpty else { return nil }
      list.append(Exception(.matching(layers), rule))
    }
    guard !list.isEmpty else { return nil }
    self.init(list)
  }

  public var description: String {
    list.isEmpty ? "none" : list.map { "\($0.layers)=\($0.rule)" }.joined(separator: "; ")
  }
}

extension Substring {
  /// Without blanks at its ends.
  fileprivate var trimmed: String {
    let start = drop { $0 == " " }
    return String(start.reversed().drop { $0 == " " }.reversed())
  }
}

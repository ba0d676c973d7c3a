import AttributionKit
import Explaining

/// Why a method's map cannot be about this network's answer, where a look at a photograph tells.
enum SanityScreen {
  /// A clause without capital or full stop; `nil` where nothing speaks against the method for one of the targets.
  ///
  /// - Throws: What the method throws on other targets and weights, or who hears of the passes.
  static func reason(against method: MethodExpression, in explained: [Explained]) throws -> String? {
    var reason: String?
    for one in explained {
      guard let entry = one.entries.first(where: { $0.expression.identifier == method.identifier }) else { return nil }
      switch entry.outcome {
      case .failure(let failure): return ExplainingError(failure).description
      case .success(let attribution):
        let own =
          attribution.status == .zeroGradient
          ? "its map is empty" : try SanityCheck(of: attribution, by: method, in: one.inquiry).objection
        guard let own else { return nil }
        reason = reason ?? own
      }
    }
    return reason
  }
}

import AttributionKit
import Explaining

/// Why a method's map cannot be about this network's answer, where a look at a few photographs tells.
enum SanityScreen {
  /// A clause without capital or full stop; `nil` where nothing speaks against the method on one of the photographs.
  ///
  /// - Throws: What the method throws, or who hears of the passes.
  static func reason(against method: MethodExpression, on cases: [JudgedCase]) throws -> String? {
    var reason: String?
    for judged in cases {
      let inquiry = judged.inquiry
      let attribution = try inquiry.interruptible { try method.method.attribution(in: inquiry.session) }
      let own =
        attribution.status == .zeroGradient
        ? "its map is empty" : try SanityCheck(of: attribution, by: method, in: inquiry).objection
      guard let own else { return nil }
      reason = reason ?? own
    }
    return reason
  }
}

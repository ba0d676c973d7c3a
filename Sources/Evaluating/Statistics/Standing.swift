import AttributionKit

/// How one method does by one metric.
public struct Standing: Hashable, Sendable {
  /// Which of the methods it is.
  public let method: Int
  /// On how many photographs the metric is defined.
  public let photographs: Int
  /// The mean over these; `nil` where there are none.
  public let mean: Double?
  /// Where the mean lies with a probability of 95 %, by drawing photographs again; `nil` of fewer than two.
  public let interval: ClosedRange<Double>?
  /// From 1 for the best mean, equal ones sharing a rank; `nil` where there is none.
  public let rank: Int?
  /// How sure it is that the method is worse than the best one, photograph by photograph.
  public let comparison: Comparison

  public enum Comparison: String, Hashable, Sendable, Codable {
    /// There is none better; of several that are equal, each.
    case best
    /// Worse than the best one: the interval of 95 % of the difference does not hold zero, on six photographs or more.
    case worse
    /// The photographs do not tell the two apart.
    case undecided
    /// There is no mean.
    case undefined
  }
}

extension Evaluation {
  /// How the methods do by a metric, in their order.
  ///
  /// - Parameters:
  ///   - metric: which of the metrics.
  ///   - seed: decides which photographs are drawn again.
  /// - Returns: One for each method.
  public func standings(by metric: Int, seed: UInt64 = 0) -> [Standing] {
    let values = methods.indices.map { self.values(of: $0, by: metric) }
    let means = values.map(\.knownMean)
    let isHigherBetter = metrics[metric].descriptor.direction == .higher
    func isBetter(_ a: Double, _ b: Double) -> Bool { isHigherBetter ? a > b : a < b }
    let best = methods.indices.filter { means[$0] != nil }.reduce(nil as Int?) { best, next in
      guard let best, let mean = means[best], let other = means[next] else { return best ?? next }
      return isBetter(other, mean) ? next : best
    }
    let bootstrap = PairedBootstrap(seed: seed)
    return methods.indices.map { method in
      let rank = means[method].map { own in
        1 + means.count { other in other.map { isBetter($0, own) } ?? false }
      }
      let comparison: Standing.Comparison =
        if means[method] == nil { .undefined } else if best.map({ means[$0] == means[method] }) == true {
          .best
        } else if let best {
          (isHigherBetter
            ? bootstrap.tells(values[best], above: values[method])
            : bootstrap.tells(values[method], above: values[best]))
            ? .worse : .undecided
        } else { .undefined }
      return Standing(
        method: method, photographs: values[method].count { $0 != nil }, mean: means[method],
        interval: bootstrap.interval(of: values[method]), rank: rank, comparison: comparison)
    }
  }

  /// What the photographs tell of the methods by a metric, in a sentence.
  public func verdict(by metric: Int, seed: UInt64 = 0) -> String {
    let standings = standings(by: metric, seed: seed), title = metrics[metric].title
    guard let best = standings.first(where: { $0.comparison == .best }) else {
      let reason = methods.indices.lazy.compactMap { self.reason(of: $0, by: metric) }.first
      return "\(title): undefined for every method\(reason.map { " (\($0))" } ?? "")"
    }
    func names(_ comparison: Standing.Comparison) -> [String] {
      standings.filter { $0.comparison == comparison }.map { methods[$0.method].identifier }
    }
    let (all, undecided, worse) = (names(.best), names(.undecided), names(.worse))
    guard methods.count > 1 else { return "\(title): \(all[0]) alone was judged" }
    guard all.count < methods.count else { return "\(title): all methods are equal" }
    let name = all.count == 1 ? all[0] : all.dropLast().joined(separator: ", ") + " and " + all[all.count - 1]
    let isAre = all.count == 1 ? "is" : "are", it = all.count == 1 ? "it" : "them"
    let seen = best.photographs == 1 ? "one photograph" : "\(best.photographs) photographs"
    guard best.photographs > 1 else {
      return "\(title): \(name) \(isAre) ahead on the only photograph, which tells nothing of others"
    }
    if worse.isEmpty { return "\(title): \(name) \(isAre) ahead, but \(seen) do not tell \(it) from any other" }
    if undecided.isEmpty { return "\(title): \(name) \(isAre) better than all others on \(seen)" }
    return "\(title): \(name) \(isAre) ahead; \(seen) do not tell \(it) from \(undecided.joined(separator: ", "))"
  }
}

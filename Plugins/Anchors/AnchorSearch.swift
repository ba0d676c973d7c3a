import Tensors

/// Looks for the few of many regions whose sight settles an answer.
///
/// What is drawn with the regions of a rule shown, the others by chance, tells of each further region at once: where it
/// happens to be shown, the draw is one of the rule with it. A rule's own precision is taken from draws that came after it
/// was chosen, so that choosing the best does not flatter it.
struct AnchorSearch {
  let regions: Int
  private var generator: SplitMix64

  init(regions: Int, seed: UInt64) {
    self.regions = regions
    generator = SplitMix64(seed: seed)
  }

  /// Regions, in the order in which they were added, and how often the answer stayed while they were shown.
  struct Rule {
    var members: [Int] = []
    /// How precise the rule was seen to be as each was added.
    var precisions: [Float] = []
    var stays = 0, trials = 0
    /// How often the answer stayed with all regions by chance, from the first draws.
    var chance: Float = 0

    var precision: Float { trials > 0 ? Float(stays) / Float(trials) : 0 }
  }

  /// A rule of one region or more that is precise enough, or as precise as so many draws could make it.
  ///
  /// - Parameters:
  ///   - precision: How often the answer must stay.
  ///   - budget: How many draws there are; all are used.
  ///   - stays: Whether the answer stays for each of some choices of what is shown.
  /// - Returns: The rule, with how precise it was seen to be.
  mutating func rule(
    ofPrecision precision: Float, within budget: Int, stays: ([[Bool]]) throws -> [Bool]
  ) rethrows -> Rule {
    var rule = Rule(), left = budget
    let round = max(1, budget / 10)
    while left > 0 {
      let isFound = !rule.members.isEmpty && rule.trials > 0 && rule.precision >= precision
      let isLast = isFound || left <= round || rule.members.count == regions
      let draws = draws(isLast ? left : round, showing: rule.members)
      let outcomes = try stays(draws)
      left -= draws.count
      rule.stays += outcomes.count { $0 }
      rule.trials += draws.count
      if rule.members.isEmpty { rule.chance = rule.precision }
      let isPrecise = !rule.members.isEmpty && rule.precision >= precision
      if !isLast || rule.members.isEmpty, !isPrecise,
        let best = Self.best(besides: rule.members, among: regions, draws, outcomes)
      {
        rule.members.append(best.region)
        rule.precisions.append(best.precision)
        (rule.stays, rule.trials) = (0, 0)
      }
    }
    return rule
  }

  private mutating func draws(_ count: Int, showing members: [Int]) -> [[Bool]] {
    (0..<count).map { _ in
      var shown = (0..<regions).map { _ in generator.next() >> 63 == 1 }
      for member in members { shown[member] = true }
      return shown
    }
  }

  /// The region with which the answer stayed most often; of equal ones that which it needs most, then the first.
  private static func best(
    besides members: [Int], among regions: Int, _ draws: [[Bool]], _ outcomes: [Bool]
  ) -> (region: Int, precision: Float)? {
    func share(_ region: Int, shown: Bool) -> Float {
      let seen = zip(draws, outcomes).filter { $0.0[region] == shown }
      return seen.isEmpty ? 0 : Float(seen.count { $0.1 }) / Float(seen.count)
    }
    let chosen = Set(members)
    return (0..<regions).filter { !chosen.contains($0) }
      .map { (region: $0, precision: share($0, shown: true), without: share($0, shown: false)) }
      .max { ($0.precision, $1.without, $1.region) < ($1.precision, $0.without, $0.region) }
      .map { ($0.region, $0.precision) }
  }
}

public import AttributionKit
import Explaining

/// Which method to use for a network and photographs like these, and why.
public struct Recommendation: Sendable {
  /// The method; `nil` where none is better than a control.
  public let method: MethodExpression?
  /// How the methods that were judged do, the best first, controls among them.
  public let ratings: [Rating]
  /// The methods that were not judged to the end, with the reason for each: a clause without capital or full stop.
  public let dropped: [(method: MethodExpression, reason: String)]
  /// How many photographs the ratings are of.
  public let photographs: Int
  /// What to conclude, in two sentences.
  public let sentences: [String]

  /// How much what a method shows decides the answer: the mean of insertion less deletion over the photographs.
  public struct Rating: Sendable {
    public let method: MethodExpression
    /// From −1 to 1; what owes nothing to the network is near zero.
    public let mean: Double
    /// Where the mean lies with a probability of 95 %; `nil` of one photograph.
    public let interval: ClosedRange<Double>?
    /// Whether the photographs tell it from the best method.
    public let isToldFromBest: Bool
    /// Whether it is a control, which owes nothing to the network.
    public let isControl: Bool
  }
}

extension Recommendation {
  /// What numbers for each photograph come to.
  ///
  /// - Parameters:
  ///   - values: for each method a number for each photograph, higher being better.
  ///   - dropped: the methods that were not judged to the end.
  ///   - seed: decides which photographs are drawn again.
  init(
    _ values: [(method: MethodExpression, numbers: [Double?])],
    dropped: [(method: MethodExpression, reason: String)], seed: UInt64 = 0
  ) {
    let bootstrap = PairedBootstrap(seed: seed)
    let ranked = values.compactMap { one in one.numbers.knownMean.map { (one.method, one.numbers, $0) } }
      .enumerated().sorted { ($1.element.2, $0.offset) < ($0.element.2, $1.offset) }.map(\.element)
    let best = ranked.first { !$0.0.isControl }
    ratings = ranked.map { method, numbers, mean in
      Rating(
        method: method, mean: mean, interval: bootstrap.interval(of: numbers),
        isToldFromBest: best.map { bootstrap.tells($0.1, above: numbers) } ?? false, isControl: method.isControl)
    }
    self.dropped = dropped
    photographs = values.first?.numbers.count ?? 0
    // A method that no photograph tells from a control has shown nothing.
    let rivals = ratings.filter { $0.isControl && !$0.isToldFromBest }.map(\.method.identifier)
    method = rivals.isEmpty ? best?.0 : nil
    sentences = Self.sentences(ratings, best: best?.0, rivals: rivals, photographs: photographs, dropped: dropped.count)
  }

  private static func sentences(
    _ ratings: [Rating], best: MethodExpression?, rivals: [String], photographs: Int, dropped: Int
  ) -> [String] {
    let seen = photographs == 1 ? "one photograph" : "\(photographs) photographs"
    guard let best, let rating = ratings.first(where: { $0.method.identifier == best.identifier }) else {
      return [
        "No method is left to recommend.",
        dropped == 0
          ? "Those named are controls, which know nothing of the network: name methods."
          : "\(dropped == 1 ? "One was" : "\(dropped) were") dropped, each for the reason above.",
      ]
    }
    guard rivals.isEmpty else {
      return [
        "No method is better than the controls on \(seen): they do not tell \(best.identifier) from "
          + "\(rivals.joined(separator: ", ")), which know nothing of the network.",
        photographs < PairedBootstrap.fewestPairs
          ? "Give \(PairedBootstrap.fewestPairs) photographs or more, and the time to look at them."
          : "Look whether the network answers them rightly, and whether the target is the one meant.",
      ]
    }
    let number = Wording.fixed(rating.mean, places: 2)
    let interval = rating.interval.map {
      " [\(Wording.fixed($0.lowerBound, places: 2)), \(Wording.fixed($0.upperBound, places: 2))]"
    }
    let alike = ratings.filter { !$0.isControl && !$0.isToldFromBest && $0.method.identifier != best.identifier }
      .map(\.method.identifier)
    return [
      "\(best.identifier) shows best what decides the answer on \(seen): insertion less deletion is \(number)"
        + "\(interval ?? ""), and it is better than every control.",
      alike.isEmpty
        ? "No other method comes near it."
        : "These photographs do not tell it from \(alike.joined(separator: ", ")).",
    ]
  }
}

extension MethodExpression {
  /// Whether it owes nothing to the network.
  var isControl: Bool { !descriptors.isEmpty && descriptors.allSatisfy { $0.family == .controls } }
}

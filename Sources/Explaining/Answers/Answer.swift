public import AttributionKit
public import Tensors

/// What a network answers for one picture: where targets are looked up and predictions read off.
public struct Answer: Sendable {
  /// `[classes]`, or `[classes, height, width]` of a segmentation.
  public let logits: Tensor
  /// What the answers are called.
  public let names: ClassNames
  /// Every choice, the network's own first; numbers that are no scores of classes in their own order.
  public let ranking: [Prediction]
  /// How the logits become probabilities; `nil` for numbers that are no scores of classes.
  public let link: ProbabilityLink?
  /// In the logits' shape.
  private let probabilities: Tensor
  /// Of a segmentation, the places that predictions are about.
  private let region: Tensor?

  /// What the session's network answers; of a segmentation, predictions are about the weights `[height, width]` of a
  /// region, or about everything.
  public init(_ session: ExplanationSession, names: ClassNames, region: Tensor?) {
    (logits, link) = (session.logits, session.outputs.link)
    (self.names, self.region) = (names, region)
    probabilities = (try? session.probabilities) ?? session.logits
    guard let link = session.outputs.link else {
      ranking = Self.numbers(in: Self.pooled(session.logits, over: region), names)
      return
    }
    ranking =
      logits.shape.count == 3
      ? Self.ranking(
        logits, probabilities, link, names, region ?? Tensor(repeating: 1, shape: Array(logits.shape[1...])))
      : Self.ranking(logits, probabilities, link, names)
  }

  /// What a detector answers: of each class, its best row; one without any comes last.
  init(_ best: [Detection?], names: ClassNames, in head: DetectionHead) {
    logits = Tensor(best.map { $0?.logit ?? -.greatestFiniteMagnitude }, shape: [best.count])
    probabilities = Tensor(best.map { $0?.probability ?? 0 }, shape: [best.count])
    (self.names, link, region) = (names, .sigmoid, nil)
    ranking = best.compactMap { $0 }.filter { head.detectable.contains($0.classIndex) }
      .sorted { ($0.probability, $0.logit) > ($1.probability, $1.logit) }
      .map { names.prediction(Choice(index: $0.classIndex), logit: $0.logit, probability: $0.probability) }
  }

  /// Whether the network answers for each place of the picture.
  public var hasPlaces: Bool { logits.shape.count == 3 }

  /// The logits, `[classes]`; of a segmentation their means over the region.
  public var pooled: Tensor { Self.pooled(logits, over: region) }

  /// What is answered in one place where the network answers for many, as a target sees it.
  var outputs: Outputs {
    get throws {
      guard let link else { return try Outputs([Output("numbers", shape: pooled.shape, kind: .numbers)], [pooled]) }
      return Outputs(logits: pooled, link: link)
    }
  }

  private static func pooled(_ logits: Tensor, over region: Tensor?) -> Tensor {
    guard logits.shape.count == 3 else { return logits }
    guard let region else { return logits.spatialMean() }
    let total = region.scalars.reduce(0, +)
    return logits.spatialSum(weighedBy: region.map { $0 / total })
  }

  /// The prediction of a choice.
  public subscript(choice: Choice) -> Prediction? { ranking.first { $0.choice == choice } }

  /// Where the network predicts a choice, `[height, width]`: 1 there, 0 elsewhere; `nil` where it does so nowhere.
  public func places(predictedAs choice: Choice) -> Tensor? {
    guard let link else { return nil }
    let places = OutputRegion.places(
      predictedAs: choice.index, isNegative: choice.isNegative, in: logits, link: link)
    return places.scalars.contains(1) ? places : nil
  }

  /// The mean probability of a choice over places of these weights.
  public func probability(of choice: Choice, over weights: Tensor) -> Float {
    let mean = Self.mean(probabilities.channel(choice.index), over: weights)
    return choice.isNegative ? 1 - mean : mean
  }

  /// Numbers as they are.
  private static func numbers(in numbers: Tensor, _ names: ClassNames) -> [Prediction] {
    names.choices.map { names.prediction($0, logit: numbers.scalars[$0.index], probability: nil) }
  }

  /// Classes by their logits, or the two sides by the only logit's sign.
  private static func ranking(
    _ logits: Tensor, _ probabilities: Tensor, _ link: ProbabilityLink, _ names: ClassNames
  ) -> [Prediction] {
    guard names.isBinary else {
      return logits.descendingOrder().map {
        names.prediction(Choice(index: $0), logit: logits.scalars[$0], probability: probabilities.scalars[$0])
      }
    }
    let z = logits.scalars[0], p = probabilities.scalars[0]
    let sides = [
      names.prediction(.positive, logit: z, probability: p),
      // Where one side is nearly certain, a difference from it would be nothing but rounding.
      names.prediction(.negative, logit: -z, probability: link == .identity ? 1 - p : (-logits).sigmoid().scalars[0]),
    ]
    return z < link.threshold ? sides.reversed() : sides
  }

  /// Choices by how many of the places they are predicted for, then by their mean probability.
  private static func ranking(
    _ logits: Tensor, _ probabilities: Tensor, _ link: ProbabilityLink, _ names: ClassNames, _ weights: Tensor
  ) -> [Prediction] {
    let shares = Self.shares(of: logits, link, weights)
    return names.choices.map { choice in
      let (sign, offset): (Float, Float) = choice.isNegative ? (-1, 1) : (1, 0)
      let logit = mean(logits.channel(choice.index), over: weights)
      let probability = mean(probabilities.channel(choice.index), over: weights)
      return names.prediction(
        choice, logit: sign * logit, probability: offset + sign * probability,
        share: offset + sign * shares[choice.index])
    }.sorted { a, b in
      let (p, q) = ((a.share ?? 0, a.probability ?? 0), (b.share ?? 0, b.probability ?? 0))
      return p == q ? a.index < b.index : p > q
    }
  }

  /// How much of the weights each class is predicted for, all classes at once: there may be many, and many places.
  private static func shares(of logits: Tensor, _ link: ProbabilityLink, _ weights: Tensor) -> [Float] {
    let (count, area) = (logits.shape[0], weights.scalars.count)
    guard link.comparesClasses(of: count) else {
      return (0..<count).map { mean(logits.channel($0).map { $0 > link.threshold ? 1 : 0 }, over: weights) }
    }
    var (winners, best) = ([Int](repeating: 0, count: area), logits.channel(0).scalars)
    logits.scalars.withUnsafeBufferPointer { z in
      for k in 1..<max(1, count) {
        for p in 0..<area where z[k * area + p] > best[p] { (winners[p], best[p]) = (k, z[k * area + p]) }
      }
    }
    var sums = [Double](repeating: 0, count: count)
    for (winner, weight) in zip(winners, weights.scalars) { sums[winner] += Double(weight) }
    let total = max(sums.reduce(0, +), .leastNormalMagnitude)
    return sums.map { Float($0 / total) }
  }

  private static func mean(_ map: Tensor, over weights: Tensor) -> Float {
    var (sum, total) = (0.0, 0.0)
    for (value, weight) in zip(map.scalars, weights.scalars) where weight != 0 {
      sum += Double(weight) * Double(value)
      total += Double(weight)
    }
    return total > 0 ? Float(sum / total) : 0
  }
}

extension ClassNames {
  fileprivate func prediction(
    _ choice: Choice, logit: Float, probability: Float?, share: Float? = nil
  ) -> Prediction {
    Prediction(
      choice: choice, label: label(of: choice), side: side(of: choice), logit: logit, probability: probability,
      share: share)
  }
}

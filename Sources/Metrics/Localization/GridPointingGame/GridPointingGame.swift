public import AttributionKit
import Tensors

/// Grid pointing game: how much of the relevance lies in the quarter of a mosaic that holds the class.
///
///     Σ_{p ∈ C} Rₚ / Σₚ Rₚ,    Rₚ = max(0, Σₖ xₖₚ)
///
/// `C` is the quarter of the photograph; the other three are photographs that are judged with it, each of another class.
public struct GridPointingGame: AttributionMetric {
  public var mosaics: Int
  public var seed: UInt64

  public init(mosaics: Int = 1, seed: UInt64 = 0) { (self.mosaics, self.seed) = (mosaics, seed) }

  /// A forward pass, and what the method takes, for each mosaic.
  public func cost(ofJudging method: any AttributionMethod, on model: (any ModelAdapter)?) -> Cost {
    method.cost(on: model).repeated(onInputs: mosaics)
  }

  /// - Throws: ``AttributionError/notAnImage(_:)``; whatever the method throws.
  public func result(for explanation: Explanation) throws -> MetricResult {
    guard let strangers = explanation.strangers, let own = explanation.session.score.classIndex else {
      return .undefined("the score is about no class")
    }
    guard strangers.count >= 3 else {
      return .undefined(
        "a mosaic takes three other photographs of other classes, and there \(strangers.count == 1 ? "is" : "are") "
          + "\(strangers.count)")
    }
    var isSeen = false
    let result = try explanation.meanShare(over: mosaics, seed: seed) { mosaic, generator in
      let others = (0..<3).map { strangers[(3 * mosaic + $0) % strangers.count].input }
      let mosaic = try Mosaic(of: [explanation.session.input] + others, as: explanation, &generator)
      // A class that the network does not see there has no evidence to point to.
      guard mosaic.explanation.session.logits.descendingOrder().prefix(5).contains(own) else { return nil }
      isSeen = true
      return try mosaic.share(ofFirst: 1)
    }
    return isSeen ? result : .undefined("the network does not rank the class among its first five in the mosaic")
  }
}

extension GridPointingGame {
  public static let descriptor = MetricDescriptor(
    "grid-pointing-game", title: "Grid pointing game", family: .localization,
    summary: "How much of the relevance lies in the quarter of a mosaic that holds the class.",
    citation: "Böhle, Fritz & Schiele, CVPR 2021, arXiv:2104.00032", better: .higher, range: 0...1,
    needsPeers: true, prototype: GridPointingGame(), parameters: .mosaics(\.mosaics, \.seed))
}

public import AttributionKit
import Tensors

/// Focus: how much of the relevance lies in the quarters of a mosaic that hold the class.
///
///     Σ_{p ∈ C} Rₚ / Σₚ Rₚ,    Rₚ = max(0, Σₖ xₖₚ)
///
/// Two of four images are of the class explained, `C` being their quarters: the photograph, and another of its class or, where
/// there is none, its mirror image. The other two are photographs that are judged with it and answered in another way.
public struct Focus: AttributionMetric {
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
    guard !strangers.isEmpty else { return .undefined("no other photograph is answered in another way") }
    let session = explanation.session, grid = try session.grid
    let twin = explanation.peers.first { $0.classes.first == own }?.input ?? grid.mirrored(session.input)
    return try explanation.meanShare(over: mosaics, seed: seed) { mosaic, generator in
      let others = (0..<2).map { place in
        let index = 2 * mosaic + place, stranger = strangers[index % strangers.count].input
        // A photograph that comes a second time is mirrored.
        return strangers.count == 1 && place == 1 ? grid.mirrored(stranger) : stranger
      }
      return try Mosaic(of: [session.input, twin] + others, as: explanation, &generator).share(ofFirst: 2)
    }
  }
}

extension Focus {
  public static let descriptor = MetricDescriptor(
    "focus", title: "Focus", family: .localization,
    summary: "How much of the relevance lies in the two quarters of a mosaic that hold the class.",
    citation: "Arias-Duart, Parés, Garcia-Gasulla & Giménez-Ábalos, FUZZ-IEEE 2022, arXiv:2109.15035", better: .higher,
    range: 0...1, needsPeers: true, prototype: Focus(), parameters: .mosaics(\.mosaics, \.seed))
}

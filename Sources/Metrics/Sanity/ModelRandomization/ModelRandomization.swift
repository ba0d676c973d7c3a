public import AttributionKit
import Tensors

/// The model parameter randomisation test: how alike the map is to that of the same network with random weights, which it
/// should not be.
///
///     mean over k of s(a of f, a of f_k)
///
/// `f_k` has the weights of some layers drawn anew: cascading from the output to the input, of more and more layers, or
/// independently of one alone. There are as many stages as are asked for, evenly over the layers that have weights.
public struct ModelRandomization: AttributionMetric {
  public var order: Order
  public var stages: Int
  public var similarity: MapSimilarity
  public var samples: Int
  public var noise: Float
  public var seed: UInt64

  /// Which layers a stage draws anew.
  public enum Order: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// All from the output down to one of them.
    case cascading
    /// One alone.
    case independent

    public var description: String { rawValue }
  }

  public init(
    order: Order = .cascading, stages: Int = 5, similarity: MapSimilarity = .spearman, samples: Int = 1,
    noise: Float = 0.1, seed: UInt64 = 0
  ) {
    (self.order, self.stages, self.similarity) = (order, stages, similarity)
    (self.samples, self.noise, self.seed) = (samples, noise, seed)
  }

  /// For each stage a forward pass, and those of the method; of smooth maps also those of the map itself.
  public func cost(ofJudging method: any AttributionMethod, on model: (any ModelAdapter)?) -> Cost {
    let smooth = smoothed(method).cost(on: model)
    return smooth.repeated(onInputs: stages) + (samples > 1 ? smooth : .zero)
  }

  /// - Throws: ``AttributionError/cannotRandomize``, ``AttributionError/notAnImage(_:)``; whatever the method throws.
  public func result(for explanation: Explanation) throws -> MetricResult {
    let session = explanation.session, layers = try Randomization.all.layers(of: session.model)
    let method = smoothed(explanation.method)
    let map = samples > 1 ? try Explanation(by: method, in: session).importance() : try explanation.importance()
    let count = min(stages, layers.count)
    let ends = (1...count).map { ($0 * layers.count + count - 1) / count }
    let values = try ends.enumerated().map { stage, end in
      let drawn = order == .cascading ? Array(layers[..<end]) : [layers[end - 1]]
      let twin = try session.withRandomWeights(of: drawn, seed: seed)
      let value = similarity.similarity(of: map, and: try Explanation(by: method, in: twin).importance())
      try session.report(passes: stage + 1, of: count)
      return value
    }
    let known = zip(ends, values).compactMap { end, value in value.map { (layer: Float(end), value: $0) } }
    guard !known.isEmpty else { return .ofFlatMap }
    let left = count - known.count
    return MetricResult(
      known.reduce(0) { $0 + $1.value } / Float(known.count),
      curves: [
        MetricCurve(
          order.rawValue, places: order == .cascading ? "layers drawn anew" : "layer drawn anew, from the output",
          values: similarity.rawValue, x: known.map(\.layer), y: known.map(\.value))
      ],
      remarks: left > 0 ? ["\(left) of \(count) stages have a map that is the same everywhere and are left out"] : [])
  }

  private func smoothed(_ method: any AttributionMethod) -> any AttributionMethod {
    samples > 1 ? Smooth(method, samples: samples, noise: noise, seed: seed) : method
  }
}

extension ExplanationSession {
  /// The same question asked of the network with the weights of these layers drawn anew.
  fileprivate func withRandomWeights(of layers: [Layer], seed: UInt64) throws -> ExplanationSession {
    guard let model = model as? any RandomizableModel else { throw AttributionError.cannotRandomize }
    return try asked(of: model.randomized(layers, seed: seed))
  }
}

extension ModelRandomization {
  public static let descriptor = MetricDescriptor(
    "model-randomization", title: "Model randomisation", family: .sanity,
    summary: "How alike the map is to that of the same network with the weights of its layers drawn anew.",
    citation: "Adebayo et al., NeurIPS 2018, arXiv:1810.03292", better: .lower, range: -1...1,
    needs: [.randomWeights], prototype: ModelRandomization(),
    parameters: [
      Parameter("order", \.order, help: "which layers a stage draws anew", among: Order.allCases),
      Parameter(
        "stages", \.stages, help: "how often layers are drawn anew, evenly over all",
        expected: "a whole number from 1 to 1000"
      ) { (1...1000).contains($0) },
      .similarity(\.similarity),
      Parameter(
        "samples", \.samples, help: "of how many noisy images a map is the mean; 1 for the image itself",
        expected: "a whole number from 1 to 1000"
      ) { (1...1000).contains($0) },
      Parameter(
        "noise", \.noise, help: "the deviation of that noise, as a share of the input's range",
        expected: "a number above 0"
      ) { $0 > 0 && $0.isFinite },
      Parameter("seed", \.seed, help: "the number that decides weights and noise", expected: "a whole number from 0"),
    ])
}

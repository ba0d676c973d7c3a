public import AttributionKit
import Tensors

/// The random logit test: how alike the map is to those of classes drawn at random, which it should not be.
///
///     E s(a(y), a(y')),    y' any class but y
public struct RandomLogit: AttributionMetric {
  public var classes: Int
  public var similarity: MapSimilarity
  public var seed: UInt64

  public init(classes: Int = 1, similarity: MapSimilarity = .ssim, seed: UInt64 = 0) {
    (self.classes, self.similarity, self.seed) = (classes, similarity, seed)
  }

  /// The method's, for each class drawn.
  public func cost(ofJudging method: any AttributionMethod, on model: (any ModelAdapter)?) -> Cost {
    method.cost(on: model).retargeted(classes)
  }

  /// - Throws: ``AttributionError/notAnImage(_:)``; whatever the method throws.
  public func result(for explanation: Explanation) throws -> MetricResult {
    var others = try explanation.session.otherClasses().sorted()
    guard !others.isEmpty else { return .ofNoOtherClass }
    var generator = SplitMix64(seed: seed)
    let drawn = (0..<min(classes, others.count)).map { _ in others.remove(at: generator.below(others.count)) }
    let map = try explanation.importance()
    let values = try drawn.map { index in
      similarity.similarity(of: map, and: try explanation.retargeted(toClass: index).importance())
    }
    let known = values.compactMap { $0 }
    guard !known.isEmpty else { return .ofFlatMap }
    let left = values.count - known.count
    let list = drawn.map(String.init).joined(separator: ", ")
    return MetricResult(
      known.reduce(0, +) / Float(known.count),
      remarks: ["held against \(drawn.count == 1 ? "class" : "classes") \(list)"]
        + (left > 0 ? ["\(left) of them have a map that is the same everywhere and are left out"] : []))
  }
}

extension RandomLogit {
  public static let descriptor = MetricDescriptor(
    "random-logit", title: "Random logit", family: .sanity,
    summary: "How alike the maps of the class explained and of a class drawn at random are.",
    citation: "Sixt, Granz & Landgraf, ICML 2020, arXiv:1912.09818", better: .lower, range: -1...1,
    prototype: RandomLogit(),
    parameters: [
      Parameter(
        "classes", \.classes, help: "how many classes are drawn", expected: "a whole number from 1 to 1000"
      ) { (1...1000).contains($0) },
      .similarity(\.similarity),
      Parameter("seed", \.seed, help: "the number that decides the classes", expected: "a whole number from 0"),
    ])
}

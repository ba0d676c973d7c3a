public import AttributionKit
import Tensors

/// AIC, the accuracy information curve: how soon the class is predicted again as the blurred image is made sharp where the
/// map is strongest, over the information in it.
///
///     ∫₀¹ a(i) di
///
/// `i` is the share of the way from the blurred image to the image itself in information; `a` is 1 from where the network
/// predicts the class on.
public struct AIC: AttributionMetric {
  public var baseline: Baseline
  public var seed: UInt64

  public init(baseline: Baseline = .blur, seed: UInt64 = 0) { (self.baseline, self.seed) = (baseline, seed) }

  /// A forward pass for each share of the pixels, and one for the blurred image.
  public func cost(ofJudging method: any AttributionMethod, on model: (any ModelAdapter)?) -> Cost {
    .forward(InformationCurve.passes)
  }

  /// - Throws: ``AttributionError/notAnImage(_:)``, ``AttributionError/unknownColors(_:)`` of the baseline.
  public func result(for explanation: Explanation) throws -> MetricResult {
    let session = explanation.session
    guard let index = session.score.classIndex else { return .undefined("the score is about no class") }
    let scored = try session.retargeted(to: Accuracy.of(index, askedAs: session.target))
    let cover = try session.baseline(baseline, seed: seed)
    return try InformationCurve(
      of: explanation, in: scored, over: cover, named: Self.descriptor.identifier, of: "accuracy"
    ).result(remarks: explanation.remarks(on: baseline))
  }
}

extension AIC {
  public static let descriptor = MetricDescriptor(
    "aic", title: "AIC", family: .faithfulness,
    summary: "How soon the class is predicted again with the information in the image, the strongest pixels first.",
    citation: "Kapishnikov, Bolukbasi, Viégas & Terry, ICCV 2019, arXiv:1906.02825", better: .higher, range: 0...1,
    prototype: AIC(), parameters: [.baseline(\.baseline), .seed(\.seed, of: "the noise of a baseline")])
}

/// 1 where the network predicts a class, or else 0.
struct Accuracy: Target {
  let index: Int

  func score(of outputs: Outputs) throws -> Score {
    let logits = outputs.logits, link = outputs.link ?? .softmax
    let isPredicted =
      link.comparesClasses(of: logits.scalars.count)
      ? logits.descendingOrder().first == index : logits.scalars[index] > link.threshold
    return Score(value: isPredicted ? 1 : 0, cotangent: 0 * logits, classIndex: index)
  }

  /// The same, asked of the output and of the places that `target` asks about.
  static func of(_ index: Int, askedAs target: any Target) -> any Target {
    switch target {
    case let target as RegionMean: RegionMean(of: of(index, askedAs: target.base), over: target.region)
    case let target as OnOutput: OnOutput(target.name, of(index, askedAs: target.base))
    default: Accuracy(index: index)
    }
  }
}

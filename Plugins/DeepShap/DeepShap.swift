public import AttributionKit
public import DeepLiftMethod
import Tensors

/// DeepSHAP: DeepLIFT from many references, whose mean comes near Shapley values.
///
///     M = E_{x′} [(x − x′) ⊙ m(x, x′)],   m DeepLIFT's multipliers from the reference x′                       (section 3)
public struct DeepShap: AttributionMethod {
  public var references: References
  /// How many references of noise.
  public var count: Int
  public var rule: DeepLiftRule
  public var seed: UInt64

  public init(references: References = .noise, count: Int = 10, rule: DeepLiftRule = .rescale, seed: UInt64 = 0) {
    self.references = references
    self.count = count
    self.rule = rule
    self.seed = seed
  }

  /// Each reference there and back, and a walk back for its multipliers.
  public func cost(on model: (any ModelAdapter)?) -> Cost {
    guard references == .noise else { return .forward(per: .picture) + .backward(per: .picture) }
    return (0..<count).reduce(.forward(count) + .backward(count)) {
      $0 + .walk(under: "deep-shap \($1) \(rule) \(seed)")
    }
  }

  /// Its completeness says how nearly the values add up to `y(x) − E y(x′)`.
  ///
  /// - Throws: ``AttributionError/unusableParameter(_:value:method:expected:)`` for less than one reference;
  ///   ``AttributionError/cannotReadPictures(_:)``, ``AttributionError/noPictures(_:)``.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    guard count > 0 else {
      throw AttributionError.unusableParameter(
        "count", value: "\(count)", method: "deep-shap", expected: "a whole number from 1")
    }
    let pictures = try session.pictures(of: references, count: count, seed: seed)
    var sum = Tensor(repeating: 0, shape: session.input.shape), usual: Float = 0
    for (index, picture) in pictures.enumerated() {
      try session.report(passes: index, of: pictures.count)
      let reference = try session.repeated(on: picture)
      sum = sum + (try session.differences(from: reference, by: rule))
      usual += reference.score.value / Float(pictures.count)
    }
    let values = 1 / Float(pictures.count) * sum
    return Attribution(
      values, at: session.inputLayer,
      facts: [.completeness(Completeness(of: values, expected: session.score.value - usual))])
  }
}

extension Cost.Unit {
  fileprivate static let picture = Cost.Unit("picture in the folder")
}

extension DeepShap {
  public static let descriptor = MethodDescriptor(
    "deep-shap", title: "DeepSHAP", family: .gradients,
    summary: "Each pixel's share in the score's difference from that of ordinary pictures, by DeepLIFT.",
    citation: "Chen, Lundberg & Lee, 2019, arXiv:1911.11888", needs: [.gradients], prototype: DeepShap(),
    parameters: [
      Parameter(
        "references", \.references, help: "the pictures that stand for the ordinary", expected: References.expected),
      Parameter(
        "count", \.count, help: "how many references of noise", expected: "a whole number from 1 to 1000"
      ) { (1...1000).contains($0) },
      Parameter("rule", \.rule, help: "how activation functions are crossed", expected: DeepLiftRule.expected),
      Parameter("seed", \.seed, help: "the number that decides the noise", expected: "a whole number from 0"),
    ])
}

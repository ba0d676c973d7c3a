public import AttributionKit
public import Masks
import Tensors

/// Anchors: superpixels whose sight alone settles the answer, whatever the others show.
///
///     prec(A) = P(the class stays | the superpixels of A are shown, each other one by chance) ≥ τ          (eqs. 1 to 3)
///
/// Superpixels are added one after another, each time the one that makes the answer most certain, until that is certain
/// enough; passes that are left sharpen the precision of the rule that was found.
public struct Anchors: AttributionMethod {
  public var samples: Int
  public var precision: Float
  public var superpixels: Superpixels
  public var segments: Int
  public var baseline: Baseline
  public var seed: UInt64

  public init(
    samples: Int = 500, precision: Float = 0.95, superpixels: Superpixels = .slic, segments: Int = 30,
    baseline: Baseline = .mean, seed: UInt64 = 0
  ) {
    self.samples = samples
    self.precision = precision
    self.superpixels = superpixels
    self.segments = segments
    self.baseline = baseline
    self.seed = seed
  }

  /// A forward pass for each sample.
  public func cost(on model: (any ModelAdapter)?) -> Cost { .forward(samples) }

  /// A map of the image's pixels: for each superpixel of the rule how precise the rule was with it, elsewhere 0.
  ///
  /// - Throws: ``AttributionError/notAboutAClass`` for a score that speaks for no class;
  ///   ``AttributionError/unusableParameter(_:value:method:expected:)``, ``AttributionError/notAnImage(_:)``.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    guard samples > 0 else {
      throw AttributionError.unusableParameter(
        "samples", value: "\(samples)", method: "anchors", expected: "a whole number from 1")
    }
    guard let index = session.score.classIndex else { throw AttributionError.notAboutAClass }
    let session = try session.retargeted(to: Lead(of: index))
    let regions = superpixels.segmentation(of: try session.picture, count: segments)
    let cover = try session.baseline(baseline, seed: seed), isAhead = session.score.value > 0
    var all = [session.score.value], search = AnchorSearch(regions: regions.count, seed: seed)
    let rule = try search.rule(ofPrecision: precision, within: samples) { choices in
      let leads = try session.scores(ofMasks: choices.count, over: cover) { regions.mask(showing: choices[$0]) }
      all += leads
      return leads.map { ($0 > 0) == isAhead }
    }
    if let settled = Attribution(
      judgingBy: all, shape: [regions.height, regions.width], at: session.inputLayer, facts: session.facts(on: baseline)
    ) {
      return settled
    }
    var values = Array(repeating: Float(0), count: regions.count)
    for (member, precision) in zip(rule.members, rule.precisions) { values[member] = precision }
    return Attribution(
      regions.map(of: values), at: session.inputLayer,
      facts: [
        .remark(
          "\(rule.members.count) of \(regions.count) superpixels keep the answer in \(percent(rule.precision)) of random "
            + "images, none of them in \(percent(rule.chance))")
      ] + session.facts(on: baseline))
  }
}

private func percent(_ share: Float) -> String { "\(Int((100 * share).rounded())) %" }

/// By how much the logit of a class is above that of every other.
private struct Lead: Target {
  let index: Int

  init(of index: Int) { self.index = index }

  func score(of outputs: Outputs) throws -> Score {
    let own = try ClassLogit(index: index).score(of: outputs)
    let others = outputs.logits.scalars.enumerated().lazy.filter { $0.offset != index }.map(\.element)
    return Score(value: own.value - (others.max() ?? 0), cotangents: own.cotangents, classIndex: index)
  }
}

extension Anchors {
  public static let descriptor = MethodDescriptor(
    "anchors", title: "Anchors", family: .perturbation,
    summary: "Superpixels that settle the answer, whatever the rest of the image shows.",
    citation: "Ribeiro, Singh & Guestrin, AAAI 2018, doi:10.1609/aaai.v32i1.11491", needs: [.classes],
    prototype: Anchors(),
    parameters: [
      Parameter(
        "samples", \.samples, help: "how many choices of superpixels are looked at",
        expected: "a whole number from 1 to 100000"
      ) { (1...100_000).contains($0) },
      Parameter(
        "precision", \.precision, help: "how often the class must stay for the rule to do",
        expected: "a number from 0 to 1"
      ) { (0...1).contains($0) },
      Parameter("superpixels", \.superpixels, help: "how the image is cut up", expected: Superpixels.expected),
      Parameter(
        "segments", \.segments, help: "about how many superpixels there are", expected: "a whole number from 1 to 2000"
      ) { (1...2000).contains($0) },
      Parameter("baseline", \.baseline, help: "what superpixels are covered with", expected: Baseline.expected),
      Parameter("seed", \.seed, help: "the number that decides the samples", expected: "a whole number from 0"),
    ])
}

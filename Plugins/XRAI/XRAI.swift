public import AttributionKit
import IntegratedGradientsMethod
import Tensors

/// XRAI: regions of the picture in the order of how much integrated gradients say of each of their pixels.
///
///     M(p) = mean of a over the pixels that r adds, r the region that first covers p                  (algorithm 1)
///
/// `a` is the mean of integrated gradients from the darkest and from the brightest value of the input. Regions are the segments of Felzenszwalb &
/// Huttenlocher at six scales, each wider by a few pixels, so that they reach over the edges that gradients light up.
public struct XRAI: AttributionMethod {
  public var steps: Int

  public init(steps: Int = 25) { self.steps = steps }

  /// Those of integrated gradients from two baselines.
  public func cost(on model: (any ModelAdapter)?) -> Cost { .forward(2 * steps + 2) + .backward(2 * steps) }

  /// A map of the image's pixels; its values add up to those of the integrated gradients.
  ///
  /// - Throws: ``AttributionError/unusableParameter(_:value:method:expected:)`` for less than one step;
  ///   ``AttributionError/notAnImage(_:)``.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    guard steps > 0 else {
      throw AttributionError.unusableParameter(
        "steps", value: "\(steps)", method: "xrai", expected: "a whole number from 1")
    }
    let x = session.input, grid = try session.grid
    let ends = [x.scalars.min() ?? 0, x.scalars.max() ?? 0].map { Tensor(repeating: $0, shape: x.shape) }
    var sum = Tensor(repeating: 0, shape: x.shape)
    for end in ends { sum = sum + (try session.integratedGradients(from: end, steps: steps)) }
    let pixels = grid.planes(0.5 * sum).channelSum()
    let regions = PictureRegions(of: grid.planes(x)).regions
    let usual = try session.scores(of: ends.count) { ends[$0] }.reduce(0, +) / 2
    let map = RegionRanking(of: regions, over: pixels).map
    return Attribution(
      map, at: session.inputLayer,
      facts: [.completeness(Completeness(of: map, expected: session.score.value - usual))])
  }
}

extension XRAI {
  public static let descriptor = MethodDescriptor(
    "xrai", title: "XRAI", family: .gradients,
    summary: "Regions of the picture by how much integrated gradients say of their pixels.",
    citation: "Kapishnikov, Bolukbasi, Viégas & Terry, ICCV 2019, arXiv:1906.02825", needs: [.gradients],
    prototype: XRAI(),
    parameters: [
      Parameter(
        "steps", \.steps, help: "how many gradients the integral from each of the two baselines is taken from",
        expected: "a whole number from 1 to 10000"
      ) { (1...10_000).contains($0) }
    ])
}

public import AttributionKit
public import OcclusionMethod
import Tensors

/// SBSM: how far an image becomes less like another when a window of it is covered; for networks that compare images.
///
///     M(p) = mean of max(0, y(x) − y(x covered at w)), over the windows w that cover p            (eqs. 1 and 2)
///
/// It is occlusion that asks for what is lost only: windows that hide a difference count nothing.
public struct SBSM: AttributionMethod {
  public var window: PixelCount
  public var stride: PixelCount
  public var baseline: Baseline
  public var seed: UInt64

  public init(
    window: PixelCount = .automatic, stride: PixelCount = .automatic, baseline: Baseline = .zero, seed: UInt64 = 0
  ) {
    self.window = window
    self.stride = stride
    self.baseline = baseline
    self.seed = seed
  }

  private var occlusion: Occlusion { Occlusion(window: window, stride: stride, baseline: baseline, seed: seed) }

  /// A forward pass for each window.
  public func cost(on model: (any ModelAdapter)?) -> Cost { occlusion.cost(on: model) }

  /// A map of the image's pixels; none is negative.
  ///
  /// - Throws: ``AttributionError/unusableParameter(_:value:method:expected:)``, ``AttributionError/notAnImage(_:)``.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    let drops = try occlusion.drops(in: session) { max($0, 0) }
    return Attribution(drops, at: session.inputLayer, facts: session.facts(on: baseline))
  }
}

extension SBSM {
  public static let descriptor = MethodDescriptor(
    "sbsm", title: "SBSM", family: .perturbation,
    summary: "Regions that make two images alike, by covering one after another; for networks that compare images.",
    citation: "Dong, Collins & Hoogs, CVPR workshop 2019; as in Hamilton et al., ICLR 2022, arXiv:2103.00370",
    needs: [], prototype: SBSM(),
    parameters: [
      Parameter("window", \.window, help: "the side of the square that is covered", expected: PixelCount.expected),
      Parameter("stride", \.stride, help: "how far one window is from the next", expected: PixelCount.expected),
      Parameter("baseline", \.baseline, help: "what the window is covered with", expected: Baseline.expected),
      Parameter("seed", \.seed, help: "the number that decides baseline=noise", expected: "a whole number from 0"),
    ])
}

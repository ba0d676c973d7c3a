public import AttributionKit
import Tensors

/// Extremal perturbation: the smooth mask of a given area through which the score is the greatest.
///
///     M = argmax_m y(m ⊗ x) − λ |sort(m) − r_a|²                                                    (eqs. 2, 6)
///
/// `m ⊗ x` is the picture, blurred the more the less of the mask there is; `r_a` is one for the share `a` of the pixels and zero
/// for the rest, so that the mask comes to cover just that area, and λ grows until it does. Found by gradient ascent with momentum
/// from a mask that shows everything, the picture and its mirror image in turn, as the authors' TorchRay does.
public struct ExtremalPerturbation: AttributionMethod {
  public var area: Float
  public var iterations: Int

  public init(area: Float = 0.1, iterations: Int = 100) {
    self.area = area
    self.iterations = iterations
  }

  /// A forward and a backward pass for each iteration, and the scores of the picture through the mask and without it.
  public func cost(on model: (any ModelAdapter)?) -> Cost { .forward(iterations + 1) + .backward(iterations) }

  /// A map of the image's pixels, from 0 to 1.
  ///
  /// - Throws: ``AttributionError/unusableParameter(_:value:method:expected:)`` for less than one iteration or an area that
  ///   is no share; ``AttributionError/notAnImage(_:)``.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    guard iterations > 0 else {
      throw AttributionError.unusableParameter(
        "iterations", value: "\(iterations)", method: "extremal-perturbation", expected: "a whole number from 1")
    }
    guard area > 0, area < 1 else {
      throw AttributionError.unusableParameter(
        "area", value: "\(area)", method: "extremal-perturbation", expected: "a number between 0 and 1")
    }
    let grid = try session.grid
    let blur = BlurPyramid(of: session.input, on: grid), surface = MaskSurface(height: grid.height, width: grid.width)
    var isMoved = false
    var ascent = MaskAscent(count: surface.parameters, area: area, iterations: iterations)
    for iteration in 0..<iterations {
      try session.report(passes: iteration, of: iterations)
      let mask = surface.mask(of: ascent.parameters), isMirrored = iteration % 2 == 0
      let seen = blur.picture(through: mask.pixels)
      var gradient = try session.repeated(on: isMirrored ? grid.mirrored(seen) : seen).inputGradient()
      isMoved = isMoved || gradient.scalars.contains { $0 != 0 }
      if isMirrored { gradient = grid.mirrored(gradient) }
      let slope = surface.pulledBack(blur.slope(of: gradient, through: mask.pixels), ascent.areaSlope(of: mask), mask)
      ascent.step(along: slope)
    }
    let mask = surface.mask(of: ascent.parameters).pixels
    let score = try session.scores(of: 1) { _ in blur.picture(through: mask) }[0]
    // Without a gradient anywhere, the area alone has shaped the mask.
    let known = [session.score.value] + (isMoved ? [score, mask.meanAndDeviation().mean] : [])
    if !isMoved || !known.allSatisfy(\.isFinite),
      let settled = Attribution(judgingBy: known, shape: mask.shape, at: session.inputLayer)
    {
      return settled
    }
    let covered = Int((100 * mask.meanAndDeviation().mean).rounded())
    return Attribution(
      mask, at: session.inputLayer,
      facts: [
        .remark(
          "through the mask, \(covered) % of the picture, the score is \(score), of the picture \(session.score.value)")
      ])
  }
}

extension ExtremalPerturbation {
  public static let descriptor = MethodDescriptor(
    "extremal-perturbation", title: "Extremal perturbation", family: .gradients,
    summary: "The smooth part of the picture, of a given area, that keeps the score the highest.",
    citation: "Fong, Patrick & Vedaldi, ICCV 2019, arXiv:1910.08485", needs: [.gradients],
    prototype: ExtremalPerturbation(),
    parameters: [
      Parameter(
        "area", \.area, help: "the share of the picture that the mask covers", expected: "a number between 0 and 1"
      ) { $0 > 0 && $0 < 1 },
      Parameter(
        "iterations", \.iterations, help: "how many steps the mask is improved by",
        expected: "a whole number from 1 to 10000"
      ) { (1...10_000).contains($0) },
    ])
}

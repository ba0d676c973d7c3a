public import AttributionKit
public import Tensors

/// Occlusion: how far the score falls when a window of the image is covered.
///
///     M(p) = mean of y(x) − y(x covered at w), over the windows w that cover p       (section 4.2, figure 7)
public struct Occlusion: AttributionMethod {
  public var window: PixelCount
  public var stride: PixelCount
  public var baseline: Baseline
  public var seed: UInt64

  public init(
    window: PixelCount = .automatic, stride: PixelCount = .automatic, baseline: Baseline = .mean, seed: UInt64 = 0
  ) {
    self.window = window
    self.stride = stride
    self.baseline = baseline
    self.seed = seed
  }

  /// A forward pass for each window.
  public func cost(on model: (any ModelAdapter)?) -> Cost {
    guard let grid = model.flatMap({ ImageGrid($0.input.shape) }), let windows = try? windows(over: grid) else {
      return .forward(per: .window)
    }
    return .forward(windows.count)
  }

  /// A map of the image's pixels.
  ///
  /// - Throws: ``AttributionError/unusableParameter(_:value:method:expected:)`` for a window or stride of less than one
  ///   pixel; ``AttributionError/notAnImage(_:)``.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    Attribution(try drops(in: session) { $0 }, at: session.inputLayer, facts: session.facts(on: baseline))
  }

  /// The mean at each pixel, over the windows that cover it, of what `value` makes of the score's drop: `[height, width]`.
  ///
  /// - Throws: As ``attribution(in:)``.
  public func drops(in session: ExplanationSession, _ value: (Float) -> Float) throws -> Tensor {
    let cover = try session.baseline(baseline, seed: seed), grid = try session.grid
    let windows = try windows(over: grid)
    let scores = try session.scores(covering: windows, with: cover)
    var drops = WindowMean(height: grid.height, width: grid.width)
    for (window, score) in zip(windows, scores) { drops.add(value(session.score.value - score), over: window) }
    return drops.map
  }
}

extension Occlusion {
  public static let descriptor = MethodDescriptor(
    "occlusion", title: "Occlusion", family: .perturbation,
    summary: "Regions without which the score falls, by covering one after another.",
    citation: "Zeiler & Fergus, ECCV 2014, arXiv:1311.2901", needs: [], prototype: Occlusion(),
    parameters: [
      Parameter("window", \.window, help: "the side of the square that is covered", expected: PixelCount.expected),
      Parameter("stride", \.stride, help: "how far one window is from the next", expected: PixelCount.expected),
      Parameter("baseline", \.baseline, help: "what the window is covered with", expected: Baseline.expected),
      Parameter("seed", \.seed, help: "the number that decides baseline=noise", expected: "a whole number from 0"),
    ])
}

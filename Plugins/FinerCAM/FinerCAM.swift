public import AttributionKit
import GradCAMMethod
public import Tensors

/// Finer-CAM: Grad-CAM of what sets a class apart from those most like it.
///
///     wₖ = 1/Z Σᵢⱼ ∂(y − γ · mean_d y_d)/∂Aₖᵢⱼ
///
/// The classes `d` are those whose scores are nearest to that of the class explained. Features that speak for all of them
/// cancel out.
public struct FinerCAM: ClassActivationMapping {
  public var targetLayer: TargetLayer
  /// How many classes the one explained is held against.
  public var classes: Int
  /// `γ`: how much of the others' mean score is taken away.
  public var strength: Float

  public init(targetLayer: TargetLayer = .automatic, classes: Int = 3, strength: Float = 0.6) {
    self.targetLayer = targetLayer
    self.classes = classes
    self.strength = strength
  }

  /// - Throws: ``AttributionError/notAboutAClass`` where the score is about no class of the output explained;
  ///   ``AttributionError/unusableParameter(_:value:method:expected:)`` for less than one class.
  public func channelWeights(of layer: Layer, in session: ExplanationSession) throws -> Tensor {
    try GradCAM(targetLayer: targetLayer).channelWeights(of: layer, in: session.retargeted(to: contrast(in: session)))
  }

  public func facts(on layer: Layer, in session: ExplanationSession) throws -> [Fact] {
    let rivals = try contrast(in: session).rivals
    return [
      .remark(
        rivals.isEmpty
          ? "there is no other class to hold this one against, so that this is Grad-CAM"
          : "held against the classes \(rivals.map(String.init).joined(separator: ", "))")
    ]
  }

  /// One walk back, from a score of its own.
  public func cost(on model: (any ModelAdapter)?) -> Cost { .walk(under: "finer-cam(\(classes), \(strength))") }

  private func contrast(in session: ExplanationSession) throws -> FinerTarget {
    guard classes > 0 else {
      throw AttributionError.unusableParameter(
        "classes", value: "\(classes)", method: "finer-cam", expected: "a whole number from 1")
    }
    return try FinerTarget(base: session.target, in: session, classes: classes, strength: strength)
  }
}

extension FinerCAM {
  public static let descriptor = MethodDescriptor(
    "finer-cam", title: "Finer-CAM", family: .cams,
    summary: "Regions whose features tell the class from those most like it.",
    citation: "Zhang et al., CVPR 2025, arXiv:2501.11309", needs: [.gradients, .spatialLayer, .classScores],
    prototype: FinerCAM(),
    parameters: [
      .layer(\.targetLayer),
      Parameter(
        "classes", \.classes, help: "how many of the nearest classes it is held against",
        expected: "a whole number from 1"
      ) { $0 >= 1 },
      Parameter(
        "strength", \.strength, help: "how much of the others' mean score is taken away",
        expected: "a number from 0 to 10"
      ) { (0...10).contains($0) },
    ])
}

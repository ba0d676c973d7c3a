/// A library whose figures can be had again where it departs from the papers.
public enum PeerLibrary: String, Hashable, Sendable, CaseIterable {
  case pytorchGradCAM = "pytorch-grad-cam"
  case captum
  case torchCAM = "torch-cam"
  case xplique
  case tfKerasVis = "tf-keras-vis"
  case zennit

  /// What it does differently, method by method in the order of the catalogue.
  ///
  /// Everything else it computes as the methods here do, or not at all.
  public var deviations: [Deviation] {
    switch self {
    case .pytorchGradCAM:
      [
        Deviation("grad-cam++", ["epsilon": "1e-06"], "adds 10⁻⁶ to the weights' denominator"),
        Deviation("xgrad-cam", ["epsilon": "1e-07"], "adds 10⁻⁷ to each channel's sum"),
        Deviation("fem", ["form": "shares"], "adds channels times the share of their places that stand out"),
      ]
    case .captum: Self.zeroBaselines.map { Deviation($0, ["baseline": "zero"], "covers with zeros, whatever black is") }
    case .torchCAM:
      [
        Deviation("grad-cam++", ["alpha": "squared"], "loses the division in the weights of pixels"),
        Deviation("xgrad-cam", ["epsilon": "1e-08"], "adds 10⁻⁸ to each channel's sum"),
      ]
    case .xplique:
      [
        Deviation("grad-cam++", ["alpha": "mean"], "takes the mean of the activation where the paper has its sum"),
        Deviation(
          "integrated-gradients", ["rule": "trapezoid", "baseline": "zero"],
          "takes the trapezoid rule, and zeros for the baseline"),
        Deviation("hsic", ["bandwidth": "scores"], "takes the kernel's width from the scores themselves"),
      ]
    case .tfKerasVis:
      [Deviation("grad-cam++", ["alpha": "normalized"], "divides the weights of pixels by their sum")]
    case .zennit: [Deviation("excitation-backprop", ["bias": "true"], "lets positive biases excite")]
    }
  }

  private static let zeroBaselines = [
    "integrated-gradients", "conductance", "deep-lift", "occlusion", "lime", "kernel-shap",
  ]
}

/// Where a library departs from a paper in one method.
public struct Deviation: Hashable, Sendable {
  /// The method's identifier.
  public let method: String
  /// The method's settings that do the same.
  public let settings: [String: String]
  /// What is different, as "it" goes on.
  public let words: String

  init(_ method: String, _ settings: [String: String], _ words: String) {
    (self.method, self.settings, self.words) = (method, settings, words)
  }

  /// The method so set, as an expression.
  public var expression: String {
    let written = settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return "\(method)(\(written.joined(separator: ", ")))"
  }
}

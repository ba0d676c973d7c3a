/// A library whose figures can be had again where it departs from the papers.
public enum PeerLibrary: String, Hashable, Sendable, CaseIterable {
  case pytorchGradCAM = "pytorch-grad-cam"
  case captum
  case torchCAM = "torch-cam"
  case xplique
  case tfKerasVis = "tf-keras-vis"
  case zennit
  case quantus

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
    // It judges what others explain.
    case .quantus: []
    case .zennit: [Deviation("excitation-backprop", ["bias": "true"], "lets positive biases excite")]
    }
  }

  /// What it does differently, metric by metric in the order of the catalogue.
  public var metricDeviations: [Deviation] {
    switch self {
    case .quantus:
      [
        Deviation("sufficiency", ["alone": "zero"], "gives zero to an image that none other has a map like"),
        Deviation(
          "max-sensitivity", ["radius": "0.2", "unit": "input"],
          "moves the network's own numbers by up to 0.2"),
        Deviation(
          "average-sensitivity", ["radius": "0.2", "unit": "input"],
          "moves the network's own numbers by up to 0.2"),
        Deviation("sparseness", ["epsilon": "1e-07"], "adds 10⁻⁷ to every size"),
        Deviation(
          "pointing-game", ["tolerance": "0", "ties": "any"],
          "knows no tolerance, and counts a hit where any of equal maxima lies on the object"),
        Deviation("relevance-mass", ["signs": "both"], "divides sums of whatever signs the values have"),
      ]
    case .captum:
      [
        Deviation("infidelity", ["scaled": "false"], "does not scale the map unless it is asked to"),
        Deviation(
          "max-sensitivity", ["unit": "input", "values": "channels"],
          "moves the network's own numbers, and compares channel by channel"),
        Deviation("completeness", ["relative": "false"], "gives the difference without dividing it"),
      ]
    case .pytorchGradCAM:
      [
        Deviation("road", ["ties": "together"], "removes all pixels of equal rank, or none"),
        Deviation(
          "average-drop", ["baseline": "zero", "relative": "false"],
          "hides with zeros, and does not divide what is lost"),
        Deviation("average-increase", ["baseline": "zero"], "hides with zeros"),
        Deviation("map-complexity", ["stretched": "true"], "stretches the map from its least value to its greatest"),
        Deviation("coherency", ["baseline": "zero"], "hides with zeros"),
      ]
    case .xplique:
      [
        Deviation(
          "insertion", ["steps": "10", "baseline": "zero", "ties": "last"],
          "takes ten steps, hides with zeros, and shows the last of equal pixels first"),
        Deviation(
          "deletion", ["steps": "10", "baseline": "zero", "ties": "last"],
          "takes ten steps, hides with zeros, and hides the last of equal pixels first"),
      ]
        + ["average-drop", "average-increase", "average-gain"].map {
          Deviation(
            $0, ["baseline": "zero", "mask": "stretched"],
            "hides with zeros, and stretches the sizes of the map from the least to the greatest")
        } + [
          Deviation(
            "mu-fidelity", ["baseline": "zero", "uncorrelated": "zero"],
            "hides with zeros, and gives zero where there is no correlation")
        ]
    case .torchCAM, .tfKerasVis, .zennit: []
    }
  }

  private static let zeroBaselines = [
    "integrated-gradients", "conductance", "deep-lift", "occlusion", "lime", "kernel-shap",
  ]
}

/// Where a library departs from a paper in one method or metric.
public struct Deviation: Hashable, Sendable {
  /// The method's or metric's identifier.
  public let identifier: String
  /// The settings of it that do the same.
  public let settings: [String: String]
  /// What is different, as "it" goes on.
  public let words: String

  init(_ identifier: String, _ settings: [String: String], _ words: String) {
    (self.identifier, self.settings, self.words) = (identifier, settings, words)
  }

  /// The method or metric so set, as an expression.
  public var expression: String {
    let written = settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return "\(identifier)(\(written.joined(separator: ", ")))"
  }
}

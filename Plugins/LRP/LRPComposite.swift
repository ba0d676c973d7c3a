import AttributionKit

/// Which rule goes with which layer, by the names that they have in zennit and iNNvestigate.
///
/// | composite | convolutions | fully connected | first layer |
/// |---|---|---|---|
/// | `epsilon-plus` | z⁺ | ε | z⁺ |
/// | `epsilon-plus-flat` | z⁺ | ε | flat |
/// | `epsilon-gamma-box` | γ | ε | zᴮ |
/// | `epsilon-alpha2-beta1` | α₂β₁ | ε | α₂β₁ |
/// | `deep-taylor` | z⁺ without bias | z⁺ without bias | zᴮ |
public enum LRPComposite: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  /// Kohlbrenner et al., IJCNN 2020, arXiv:1910.09840, without the flat first layer.
  case epsilonPlus = "epsilon-plus"
  /// Kohlbrenner et al., IJCNN 2020, arXiv:1910.09840: `LRP_CMP:α1+flat`.
  case epsilonPlusFlat = "epsilon-plus-flat"
  /// Montavon et al., *Layer-Wise Relevance Propagation: An Overview*, 2019, section 10.3.
  case epsilonGammaBox = "epsilon-gamma-box"
  /// Bach et al., PLOS ONE 2015, with the `α` and `β` of Lapuschkin et al., CVPR 2016.
  case epsilonAlpha2Beta1 = "epsilon-alpha2-beta1"
  /// Montavon et al., Pattern Recognition 2017, arXiv:1512.02479, sections 5.1 and 5.2.
  case deepTaylor = "deep-taylor"

  public var description: String { rawValue }

  /// Whether the first layer's rule asks what values a pixel may have.
  var usesBounds: Bool { self == .epsilonGammaBox || self == .deepTaylor }

  /// Sets the rules that it has of its own in place of LRP-ε.
  func set(_ rules: inout RelevanceRules, gamma: Float, bounds: PixelBounds?) {
    switch self {
    case .epsilonPlus: rules.convolution = .zPlus
    case .epsilonPlusFlat: (rules.convolution, rules.first) = (.zPlus, .flat)
    case .epsilonGammaBox: (rules.convolution, rules.first) = (.gamma(gamma), bounds?.rule)
    case .epsilonAlpha2Beta1: rules.convolution = .alphaBeta(2, 1)
    case .deepTaylor:
      let positive = Relevance.zPlus.withoutBias()
      (rules.convolution, rules.dense, rules.first) = (positive, positive, bounds?.rule)
    }
  }
}

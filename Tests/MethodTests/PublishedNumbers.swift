import AttributionKit
import Tensors
import TestSupport

/// What captum 0.9 and PAIR saliency 0.2.1 compute, printed by `Tests/Tools/gradient_references.py`; channels are summed.
enum PublishedNumbers {
  /// captum's DeepLift on ``pooled`` for class 1, from the first of ``references``.
  static let deepLift: [Float] = [
    0.003024, -0.074542, -0.021046, -0.072920, 0.045191, 0.009094, 0.008967, -0.089996, 0.004735, -0.247885,
    0.163240, 0.006172, -0.014958, 0.063247, 0.001335, -0.237247, 0.241714, -0.049635, -0.091125, 0.119958,
    -0.085288, -0.305685, -0.027072, 0.078664, -0.048436, 0.105600, -0.002220, 0.077185, -0.028805, 0.016614,
    -0.013359, 0.068229, -0.091062, 0.037412, -0.006307, -0.057679,
  ]

  /// captum's DeepLiftShap there, from all of ``references``.
  static let deepShap: [Float] = [
    0.005493, -0.068359, 0.066272, -0.060400, 0.035779, 0.004989, 0.015777, -0.037259, -0.015155, -0.154973,
    0.078613, -0.014569, -0.098759, 0.049463, -0.052686, -0.078511, 0.114570, -0.055580, 0.016042, 0.028572,
    -0.104000, -0.164506, -0.107236, 0.097948, -0.035519, 0.104107, 0.003517, 0.104270, -0.132275, 0.001504,
    -0.006077, 0.014012, -0.138033, 0.069791, -0.018201, -0.032208,
  ]

  /// captum's InternalInfluence at `relu1` of the tiny network with SiLU for class 1, from zero, 50 Gauss–Legendre nodes.
  static let internalInfluence: [Float] = [
    -0.002731, 0.002585, 0.001514, 0.000038, -0.001823, -0.004020, 0.002907, 0.001996, 0.000685, -0.001024,
    -0.003093, 0.008150, 0.002412, 0.001265, -0.000285, -0.002215,
  ]

  /// captum's IntegratedGradients on the same.
  static let integratedGradients: [Float] = [
    -0.035253, 0.005324, 0.002048, -0.000445, -0.001592, -0.001277, 0.006686, 0.003326, 0.000426, -0.001307,
    -0.001570, 0.027838, 0.004681, 0.001494, -0.000775, -0.001641,
  ]

  /// PAIR's GuidedIG on the same, 20 steps, a fraction of 0.25, a deviation of 0.1.
  static let guidedIG: [Float] = [
    -0.034622, 0.005305, 0.002037, -0.000447, -0.001668, -0.001556, 0.006655, 0.003308, 0.000425, -0.001332,
    -0.001727, 0.027564, 0.004660, 0.001487, -0.000780, -0.001745,
  ]

  /// Convolution → ReLU → max pooling → convolution → ReLU → global average pooling → linear, three classes.
  static let pooled = ChainNetwork(
    input: [2, 6, 6],
    [
      .convolution("conv1", kernels: .scattered([4, 2, 3, 3], 0.61803), bias: .scattered([4], 0.27)), .relu("relu1"),
      .maxPool("max"),
      .convolution("conv2", kernels: .scattered([5, 4, 3, 3], 0.41421), bias: .scattered([5], 0.39)), .relu("relu2"),
      .globalAveragePool("pool"),
      .linear("logits", weights: .scattered([3, 5], 0.73205), bias: .scattered([3], 0.11)),
    ])

  static let references = ([0.31831, 0.57721, 0.91596] as [Float]).map { Tensor.scattered([2, 6, 6], $0) }
}

public import AttributionKit
public import Tensors

/// KPCA-CAM: Eigen-CAM with likenesses of places in a space of many more dimensions.
///
///     M = √λ u,    K̃ u = λ u, λ the greatest,    K̃ = K − 1K − K1 + 1K1,    Kₚᵩ = k(aₚ, aᵩ)
///
/// `aₚ` are the channels at place `p`, less their means over the places, `k` is a kernel and `1` the matrix whose numbers
/// are all one over the number of places. With the linear kernel it is Eigen-CAM. The sign is Eigen-CAM's: the one
/// that agrees with the sum of the channels.
public struct KPCACAM: LayerMethod {
  public var targetLayer: TargetLayer
  public var kernel: Kernel
  public var gamma: Gamma

  public init(targetLayer: TargetLayer = .automatic, kernel: Kernel = .sigmoid, gamma: Gamma = .automatic) {
    self.targetLayer = targetLayer
    self.kernel = kernel
    self.gamma = gamma
  }

  /// - Throws: ``AttributionError/unusableParameter(_:value:method:expected:)`` for a layer of so many places that their
  ///   likenesses, a number for each pair, would not fit into memory.
  public func map(on layer: Layer, in session: ExplanationSession) throws -> Tensor {
    let a = try session.activation(at: layer), extent = Array(a.shape.dropFirst())
    let places = extent.reduce(1, *)
    guard places <= Self.mostPlaces else {
      throw AttributionError.unusableParameter(
        "layer", value: layer.name, method: "kpca-cam", expected: "one of at most \(Self.mostPlaces) places")
    }
    let likenesses = Likenesses(of: a.centeredOverPlaces(), by: kernel, gamma.value(channels: a.shape[0]))
    let pair = LargestEigenpair(ofSymmetric: places, multiply: likenesses.times)
    let length = max(0, pair.value).squareRoot()
    return Tensor(pair.vector.map { Float(length * $0) }, shape: extent).signed(like: a.channelSum())
  }

  /// None: the activation is at hand.
  public func cost(on model: (any ModelAdapter)?) -> Cost { .zero }

  private static let mostPlaces = 4096
}

extension KPCACAM {
  public static let descriptor = MethodDescriptor(
    "kpca-cam", title: "KPCA-CAM", family: .cams,
    summary: "Regions whose features stand out most, likeness being no linear one; the same for every class.",
    citation: "Karmani et al., IEEE MMSP 2024, arXiv:2410.00267", needs: [.spatialLayer], prototype: KPCACAM(),
    parameters: [
      .layer(\.targetLayer),
      Parameter(
        "kernel", \.kernel, help: "how alike two places are, by their channels", expected: Kernel.expected),
      Parameter("gamma", \.gamma, help: "the factor of the kernel", expected: Gamma.expected),
    ])
}

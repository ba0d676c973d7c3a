public import AttributionKit
public import Tensors

/// The feature explanation method: the rare, strong responses of each channel, counted by how active the channel is.
///
///     M = Σₖ μₖ · 1[Aₖ ≥ μₖ + s·σₖ]
///
/// `μₖ` and `σₖ` are the mean and the deviation of channel `k` over its places, `s` is 2.
public struct FEM: LayerMethod {
  public var targetLayer: TargetLayer
  /// `s`: how many deviations above its mean a channel must be.
  public var deviations: Float
  /// What a channel that stands out somewhere adds.
  public var form: Form

  /// What a channel adds to the map.
  public enum Form: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// Its mean, at the places that stand out: the paper's.
    case printed
    /// Its activation, times the share of its places that stand out, as in pytorch-grad-cam.
    case shares

    public var description: String { rawValue }
  }

  public init(targetLayer: TargetLayer = .automatic, deviations: Float = 2, form: Form = .printed) {
    self.targetLayer = targetLayer
    self.deviations = deviations
    self.form = form
  }

  public func map(on layer: Layer, in session: ExplanationSession) throws -> Tensor {
    let a = try session.activation(at: layer)
    var map = Tensor(repeating: 0, shape: Array(a.shape.dropFirst()))
    for k in 0..<a.shape[0] {
      let channel = a.channel(k), (mean, deviation) = channel.meanAndDeviation()
      // No place of a flat channel stands out.
      guard deviation > 0 else { continue }
      let least = mean + deviations * deviation
      switch form {
      case .printed: map = map + channel.map { $0 >= least ? mean : 0 }
      case .shares:
        map = map + Float(channel.scalars.count { $0 > least }) / Float(channel.scalars.count) * channel
      }
    }
    return map
  }

  /// None: the activation is at hand.
  public func cost(on model: (any ModelAdapter)?) -> Cost { .zero }

  public func facts(on layer: Layer, in session: ExplanationSession) throws -> [Fact] {
    let places = layer.shape.dropFirst().reduce(1, *)
    // No number of n is more than √(n − 1) deviations above their mean.
    return Float(places - 1).squareRoot() < deviations
      ? [.remark("of \(places) places none can be \(deviations) deviations above the mean")] : []
  }
}

extension FEM {
  public static let descriptor = MethodDescriptor(
    "fem", title: "FEM", family: .cams,
    summary: "Regions where features are far above their mean; the same for every class.",
    citation: "Fuad et al., IPTA 2020, doi:10.1109/IPTA50016.2020.9286629", needs: [.spatialLayer], prototype: FEM(),
    parameters: [
      .layer(\.targetLayer),
      Parameter(
        "deviations", \.deviations, help: "how many deviations above its mean a channel must be",
        expected: "a number from 0 to 10"
      ) { (0...10).contains($0) },
      Parameter(
        "form", \.form, help: "what a channel adds: as printed, or its share of places times itself",
        among: Form.allCases),
    ])
}

import Tensors

/// What the channels of a map have in common: their projection on the first principal component.
///
///     M = (m − m̄) v,   m [places, channels], m̄ its means over the places, v the first right singular vector of m − m̄
///
/// `m` is what each channel adds to the map of a method of the CAM family, `wₖ Aₖ`, or an attribution of pixels, channel by
/// channel. The sign of `v` is that of a map that agrees with the plain sum of the channels. Source: Muhammad & Yeasin,
/// "Eigen-CAM", IJCNN 2020, arXiv:2008.00299, applied as pytorch-grad-cam's `eigen_smooth` (Gildenblat, 2021) does.
public struct Eigen: AttributionMethod {
  public let method: any AttributionMethod

  public init(_ method: any AttributionMethod) { self.method = method }

  public var parts: [any AttributionMethod] { [method] }

  /// - Throws: ``AttributionError/noChannels`` for a method that hands out no channels.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    guard let method = method as? any ChannelwiseMethod else {
      let pixels = try method.attribution(in: session)
      guard pixels.isImage else { throw AttributionError.noChannels }
      return Attribution(
        pixels.planes.principalProjection(), at: pixels.layer, facts: pixels.facts.withoutSums())
    }
    let layer = try method.targetLayer.resolve(in: session.model)
    return Attribution(
      try method.contributions(on: layer, in: session).principalProjection(), at: layer,
      facts: try method.facts(on: layer, in: session).withoutSums())
  }
}

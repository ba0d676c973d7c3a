public import AttributionKit
public import ScoreCAMMethod
import Tensors

/// Poly-CAM: maps of several layers multiplied from the deepest up, each only as detail within the one below it.
///
///     L⁽ˡ⁾ = LNorm(M⁽ˡ⁾) ⊙ U(L⁽ˡ⁺¹⁾),    M⁽ˡ⁾ = R(Σₖ wₖ Aₖ),    LNorm(M) = M / U(D(M))
///
/// The layers are the last of each grid. `D` shrinks a map to the grid of the next deeper layer and `U` stretches it back,
/// so that `LNorm` leaves detail alone. Channels are weighed by what showing or hiding them does to the score
/// (``MaskedWeights``).
public struct PolyCAM: AttributionMethod {
  /// The deepest of the layers.
  public var targetLayer: TargetLayer
  public var weights: MaskedWeights
  /// The channels that are used of each layer.
  public var top: ChannelSelection

  public init(
    targetLayer: TargetLayer = .automatic, weights: MaskedWeights = .both, top: ChannelSelection = .most(16)
  ) {
    self.targetLayer = targetLayer
    self.weights = weights
    self.top = top
  }

  /// One or two forward passes for each channel that is used of each layer, and one for the baseline.
  public func cost(on model: (any ModelAdapter)?) -> Cost {
    guard let model, let deepest = try? targetLayer.resolve(in: model) else { return .forward(per: .channel) }
    let channels = model.lastLayersOfGrids(upTo: deepest).reduce(0) { $0 + (top.count(of: $1.shape[0]) ?? 0) }
    return .forward(channels * weights.passes + (weights.showsChannels ? 1 : 0))
  }

  /// On the finest of the grids; nowhere negative.
  ///
  /// - Throws: ``AttributionError/unusableParameter(_:value:method:expected:)`` for less than one channel;
  ///   ``AttributionError/notAnImage(_:)``.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    let deepest = try targetLayer.resolve(in: session.model)
    let layers = session.model.lastLayersOfGrids(upTo: deepest)
    let empty = weights.showsChannels ? try session.scores(of: 1) { _ in 0 * session.input }[0] : 0
    var product: Tensor?
    var used: [String] = []
    for layer in layers.reversed() {
      let a = try session.activation(at: layer), channels = try top.channels(of: a, for: "poly-cam")
      let map = a.channelSum(weighedBy: try weights.values(of: a, channels, against: empty, in: session)).rectified()
      if channels.count < layer.shape[0] { used.append("\(channels.count) of \(layer.shape[0]) of '\(layer.name)'") }
      product = product.map { map.detail(within: $0) } ?? map
    }
    return Attribution(
      product ?? 0 * session.input, at: layers[0],
      facts: used.isEmpty ? [] : [.remark("channels used as masks: \(used.joined(separator: ", "))")])
  }
}

extension Tensor {
  /// A coarser map in the detail of this one: `self / U(D(self)) ⊙ U(coarse)`.
  fileprivate func detail(within coarse: Tensor) -> Tensor {
    let (height, width) = (shape[0], shape[1])
    let local = resized(height: coarse.shape[0], width: coarse.shape[1]).resized(height: height, width: width)
    // The authors' own bound, so that nothing is divided by nothing.
    return self / local.map { Swift.max($0, 1e-12) } * coarse.resized(height: height, width: width)
  }
}

extension PolyCAM {
  public static let descriptor = MethodDescriptor(
    "poly-cam", title: "Poly-CAM", family: .cams,
    summary: "What deep layers find, in the detail of shallow ones; without gradients.",
    citation: "Englebert, Cornu & De Vleeschouwer, ICPR 2022, arXiv:2204.13359", needs: [.spatialLayer],
    prototype: PolyCAM(),
    parameters: [
      .layer(\.targetLayer),
      Parameter("weights", \.weights, help: "how channels are weighed", expected: MaskedWeights.expected),
      Parameter(
        "top", \.top, help: "how many channels of each layer are used, those that vary most first",
        expected: ChannelSelection.expected),
    ])
}

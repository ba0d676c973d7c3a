/// One method on several layers, fused: details from shallow layers, the object from deep ones.
///
///     M = max_l m_l / |m_l|
///
/// `Layers([.matching("conv3"), .matching("conv4")]) { GradCAM(targetLayer: $0) }`; see ``Maximum`` for scale and
/// grid. Source: Jiang et al., "LayerCAM", IEEE Transactions on Image Processing 30, 2021,
/// doi:10.1109/TIP.2021.3089943, which fuses the layers of a network so.
public struct Layers: ComposedMethod {
  /// The method on each of the layers.
  public let methods: [any AttributionMethod]

  /// What `method` makes of each of each of the layers, one or more.
  public init(_ layers: [TargetLayer], _ method: (TargetLayer) throws -> any AttributionMethod) rethrows {
    try self.init(methods: layers.map(method))
  }

  init(methods: [any AttributionMethod]) { self.methods = methods }

  public var body: some AttributionMethod { Maximum(methods) }
}

import Tensors

extension Need {
  /// The derivative of the score by an activation or the input.
  public static let gradients = Need("gradients", words: "gradients") { _, model in
    model is any DifferentiableModel ? nil : "\(AttributionError.noGradients)"
  }

  /// A layer whose activation is a stack of maps.
  ///
  /// A method that names none goes by the automatic one, which a network may lack whose input alone is an image.
  public static let spatialLayer = Need("spatial-layer", words: "a spatial layer") { method, model in
    let isAutomatic = ((method as? any LayerMethod)?.targetLayer ?? .automatic) == .automatic
    if model.automaticLayer != nil || !isAutomatic && model.layers.contains(where: \.isSpatial) { return nil }
    return "no layer of the network has a spatial extent; use gradient, which needs none"
  }

  /// Global average pooling and one linear layer after the target layer.
  ///
  /// It is checked for the layer that the method names, or for the automatic one; a name that fits no layer is left to
  /// the method to complain of.
  public static let pooledLinearHead = Need("pooled-linear-head", words: "a pooled linear head") { method, model in
    let target = (method as? any LayerMethod)?.targetLayer ?? .automatic
    guard let layer = try? target.resolve(in: model) else { return nil }
    let reason =
      "no global average pooling and single linear layer follow '\(layer.name)'; use grad-cam, which needs none"
    guard let model = model as? any PooledLinearModel else { return reason }
    // Numbers of which no two are alike, so that no two differences cancel out.
    let shape = model.explained.shape
    let cotangent = Tensor((0..<shape.reduce(1, *)).map { 1 + Float($0) / 8 }, shape: shape)
    do {
      _ = try model.pooledLinearWeights(of: Cotangents(cotangent), after: layer)
      return nil
    } catch AttributionError.noLinearHead {
      return reason
    } catch {
      // What else is wrong shows when the method runs.
      return nil
    }
  }
}

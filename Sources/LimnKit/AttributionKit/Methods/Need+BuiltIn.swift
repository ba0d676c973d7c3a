import Tensors

extension Need {
  /// The derivative of the score by an activation or the input.
  public static let gradients = Need("gradients", words: "gradients") { _, model in
    model is any DifferentiableModel ? nil : "\(AttributionError.noGradients)"
  }

  /// A score for each class, of the image as a whole.
  public static let classes = Need("classes", words: "scores of classes for the whole image") { _, model in
    if case .classes = model.explained.kind { return nil }
    return "the output that is explained has none; use lime, which asks for no class"
  }

  /// A score for each class, of the image as a whole or of each place of it.
  public static let classScores = Need("class-scores", words: "scores of classes") { _, model in
    model.explained.link == nil ? "the output that is explained has none; use grad-cam, which asks for no class" : nil
  }

  /// Activation functions that a gradient rule crosses in a way of its own, without which the result would be the plain
  /// gradient.
  ///
  /// - Parameters:
  ///   - identifier: In lower case with hyphens.
  ///   - words: In mid-sentence.
  ///   - rule: The method's rule for the steps of a network.
  /// - Returns: A need that is checked where the model tells its steps before it is run.
  public static func activations(
    _ identifier: String, words: String,
    crossedBy rule: @escaping @Sendable (_ method: any AttributionMethod, _ steps: [Step]) -> any GradientRule
  ) -> Need {
    Need(identifier, words: words) { method, model in
      guard let steps = (model as? any DifferentiableModel)?.plannedSteps else { return nil }
      let coverage = RuleCoverage(of: rule(method, steps), over: steps)
      return coverage.crossed > 0
        ? nil
        : "none of the network's \(coverage.activations) activation functions is one it changes; use 'gradient' instead"
    }
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

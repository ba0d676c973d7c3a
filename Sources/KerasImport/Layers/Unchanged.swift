import GraphEngine

/// How layers become steps of the engine: functions by the classes of layers.
enum Layers {
  /// What does something in training only.
  static let trainingOnly = [
    "Dropout", "AlphaDropout", "GaussianDropout", "GaussianNoise", "ActivityRegularization", "StochasticDepth",
    "Identity",
    "RandomFlip", "RandomRotation", "RandomTranslation", "RandomZoom", "RandomContrast", "RandomBrightness",
    "RandomHeight", "RandomWidth", "RandomShear", "RandomPerspective", "RandomElasticTransform", "RandomGaussianBlur",
    "RandomColorJitter", "RandomColorDegeneration", "RandomGrayscale", "RandomHue", "RandomPosterization",
    "RandomSaturation", "RandomSharpness", "RandomErasing", "MixUp", "CutMix", "RandAugment", "AugMix",
  ]

  static func unchanged(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let input = try call.input()
    let result = try graph.add(Identity(), [input], to: call.output, for: call)
    graph.passImage(from: input, to: result)
    return result
  }
}

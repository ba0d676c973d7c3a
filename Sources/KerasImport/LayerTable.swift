/// How a class of layers is read: the weights it has, and the steps it becomes.
struct LayerKind: Sendable {
  let variables: @Sendable (LayerDescription) throws(KerasError) -> [Variable]
  let lower: @Sendable (LayerCall, inout Lowering) throws(KerasError) -> Value

  init(
    _ lower: @escaping @Sendable (LayerCall, inout Lowering) throws(KerasError) -> Value,
    variables: @escaping @Sendable (LayerDescription) throws(KerasError) -> [Variable] = { _ in [] }
  ) {
    (self.lower, self.variables) = (lower, variables)
  }
}

/// The layers that can be lowered, by Keras' names.
enum LayerTable {
  /// `nil` for classes that cannot be lowered, those of somebody's own above all: their code is never run.
  static func kind(of layer: LayerDescription) -> LayerKind? {
    if layer.isCustom { return nil }
    if layer.isOperation || operationClasses.contains(layer.className) { return Layers.operation(layer) }
    if wrapperClasses.contains(layer.className) { return Layers.wrapper(layer) }
    return kinds[layer.className]
  }

  /// The weights of a layer in Keras' order, those being trained first.
  static func variables(of layer: LayerDescription) throws(KerasError) -> [Variable] {
    guard layer.model == nil, let kind = kind(of: layer) else { return [] }
    return try kind.variables(layer)
  }

  private static let operationClasses: Set = ["TFOpLambda", "SlicingOpLambda"]
  private static let wrapperClasses: Set = ["TimeDistributed", "SpectralNormalization"]

  private static let kinds: [String: LayerKind] = {
    var kinds = [
      "InputLayer": LayerKind(Layers.unchanged),
      "Dense": LayerKind(Layers.dense, variables: Layers.denseVariables),
      "SeparableConv1D": LayerKind(Layers.separableConvolution, variables: Layers.separableVariables),
      "SeparableConv2D": LayerKind(Layers.separableConvolution, variables: Layers.separableVariables),
      "BatchNormalization": LayerKind(Layers.batchNormalization, variables: Layers.batchNormalizationVariables),
      "SyncBatchNormalization": LayerKind(Layers.batchNormalization, variables: Layers.batchNormalizationVariables),
      "LayerNormalization": LayerKind(Layers.layerNormalization, variables: Layers.scaleAndCenterVariables),
      "GroupNormalization": LayerKind(Layers.groupNormalization, variables: Layers.scaleAndCenterVariables),
      "Normalization": LayerKind(Layers.normalization, variables: Layers.normalizationVariables),
      "RMSNormalization": LayerKind(Layers.rootMeanSquareNormalization) { _ in [Variable("scale")] },
      "UnitNormalization": LayerKind(Layers.unitNormalization),
      "MultiHeadAttention": LayerKind(Layers.multiHeadAttention, variables: Layers.multiHeadAttentionVariables),
      "Attention": LayerKind(Layers.attention, variables: Layers.attentionVariables),
      "AdditiveAttention": LayerKind(Layers.attention, variables: Layers.attentionVariables),
      "Embedding": LayerKind(Layers.embedding) { _ in [Variable("embeddings")] },
      "LSTM": LayerKind(Layers.recurrent, variables: Layers.recurrentVariables),
      "GRU": LayerKind(Layers.recurrent, variables: Layers.recurrentVariables),
      "SimpleRNN": LayerKind(Layers.recurrent, variables: Layers.recurrentVariables),
      "Bidirectional": LayerKind(Layers.bidirectional, variables: Layers.bidirectionalVariables),
      "LayerScale": LayerKind(Layers.layerScale) { _ in [Variable("gamma", alias: "variable")] },
      "CustomScaleLayer": LayerKind(Layers.scaledSum),
      "PReLU": LayerKind(Layers.parametricReLU) { _ in [Variable("alpha")] },
      "Rescaling": LayerKind(Layers.rescaling),
      "Resizing": LayerKind(Layers.resizing), "UpSampling1D": LayerKind(Layers.upSampling),
      "UpSampling2D": LayerKind(Layers.upSampling), "UpSampling3D": LayerKind(Layers.upSampling),
      "CenterCrop": LayerKind(Layers.centerCrop),
      "Flatten": LayerKind(Layers.flatten), "Reshape": LayerKind(Layers.reshape), "Permute": LayerKind(Layers.permute),
      "Concatenate": LayerKind(Layers.concatenate), "Dot": LayerKind(Layers.dot),
      "Activation": LayerKind(Layers.activation), "ReLU": LayerKind(Layers.rectifier),
      "LeakyReLU": LayerKind(Layers.leakyReLU), "ThresholdedReLU": LayerKind(Layers.thresholdedReLU),
      "ELU": LayerKind(Layers.elu), "Softmax": LayerKind(Layers.softmax),
    ]
    for name in ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"] {
      kinds[name] = LayerKind(Layers.merge)
    }
    for axes in ["1D", "2D", "3D"] {
      kinds["Conv" + axes] = LayerKind(Layers.convolution, variables: Layers.convolutionVariables)
      kinds["Convolution" + axes] = kinds["Conv" + axes]
      kinds["Conv\(axes)Transpose"] = LayerKind(Layers.transposedConvolution, variables: Layers.convolutionVariables)
      kinds["DepthwiseConv" + axes] = LayerKind(Layers.depthwiseConvolution, variables: Layers.depthwiseVariables)
      kinds["MaxPooling" + axes] = LayerKind(Layers.pooling)
      kinds["AveragePooling" + axes] = LayerKind(Layers.pooling)
      kinds["GlobalAveragePooling" + axes] = LayerKind(Layers.globalPooling)
      kinds["GlobalMaxPooling" + axes] = LayerKind(Layers.globalPooling)
      kinds["ZeroPadding" + axes] = LayerKind(Layers.margin)
      kinds["Cropping" + axes] = LayerKind(Layers.margin)
      kinds["SpatialDropout" + axes] = LayerKind(Layers.unchanged)
    }
    for name in Layers.trainingOnly { kinds[name] = LayerKind(Layers.unchanged) }
    return kinds
  }()
}

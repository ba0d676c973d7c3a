import GraphEngine
import Kernels

/// What onnxruntime's tools write of their own, one line each.
extension OperatorTable {
  /// Its domain `com.microsoft`.
  static let runtimeImporters = [quantizedByRuntime, fused].reduce(into: [:]) { all, part in
    all.merge(part) { first, _ in first }
  }

  /// Its domain `com.microsoft.nchwc`, of images in blocks of channels.
  static let blockedImporters: [String: OperatorImporter] = [
    "ReorderInput": OperatorImporter(1...1, blocked),
    "ReorderOutput": OperatorImporter(1...1, unblocked),
    "Conv": OperatorImporter(2...4, blockedConvolution),
    "MaxPool": OperatorImporter(1...1, maxPool),
    "AveragePool": OperatorImporter(1...1, averagePool),
    "GlobalMaxPool": OperatorImporter(1...1, globalMaxPool),
    "GlobalAveragePool": OperatorImporter(1...1, globalAveragePool),
    "Upsample": OperatorImporter(1...1, blockedUpsampling),
  ]

  /// Quantised networks.
  private static let quantizedByRuntime: [String: OperatorImporter] = [
    "QuantizeLinear": OperatorImporter(2...3, quantization),
    "DequantizeLinear": OperatorImporter(2...3, dequantization).ofAnyType,
    "QLinearAdd": OperatorImporter(7...8, quantizedArithmetic(.add)).ofAnyType,
    "QLinearMul": OperatorImporter(7...8, quantizedArithmetic(.multiply)).ofAnyType,
    "QLinearSigmoid": OperatorImporter(4...5, betweenReals(function(.sigmoid))).ofAnyType,
    "QLinearLeakyRelu": OperatorImporter(4...5, betweenReals(leakyReLU)).ofAnyType,
    "QLinearSoftmax": OperatorImporter(4...5, betweenReals(softmax)).ofAnyType,
    "QLinearGlobalAveragePool": OperatorImporter(5...5, betweenReals(globalAveragePool)).ofAnyType,
    "QLinearAveragePool": OperatorImporter(5...5, betweenReals(averagePool)).ofAnyType,
    "QLinearReduceMean": OperatorImporter(4...5, betweenReals(reduction(.mean))).ofAnyType,
    "QLinearConcat": OperatorImporter(5...4096, quantizedConcatenation).ofAnyType,
    "QLinearConv": OperatorImporter(8...9, eitherOrder(quantizedConvolution)).ofAnyType,
    "QGemm": OperatorImporter(6...9, quantizedGeneralProduct).ofAnyType,
    "QAttention": OperatorImporter(5...9, several: quantizedAttention).ofAnyType,
    "NhwcMaxPool": OperatorImporter(1...1, channelsLast(maxPool)).ofAnyType,
    "MatMulNBits": OperatorImporter(3...6, blockQuantizedProduct),
    "DynamicQuantizeMatMul": OperatorImporter(3...5, dynamicProduct),
    "MatMulIntegerToFloat": OperatorImporter(4...7, integerToRealProduct).ofAnyType,
  ]

  /// What its optimiser puts together.
  private static let fused: [String: OperatorImporter] = [
    "FusedConv": OperatorImporter(2...4, fusedConvolution),
    "NhwcConv": OperatorImporter(2...3, channelsLast(convolution)),
    "NhwcFusedConv": OperatorImporter(2...4, channelsLast(further: [3], fusedConvolution)),
    "FusedGemm": OperatorImporter(2...3, fusedGeneralProduct),
    "GemmFastGelu": OperatorImporter(2...3, productWithGelu),
    "FusedMatMul": OperatorImporter(2...2, fusedMatrixProduct),
    "TransposeMatMul": OperatorImporter(2...2, fusedMatrixProduct),
    "FusedMatMulActivation": OperatorImporter(2...2, fusedMatrixProduct),
    "Gelu": OperatorImporter(1...1, function(.gelu)),
    "FastGelu": OperatorImporter(1...2, biased(.geluTanh)),
    "BiasGelu": OperatorImporter(2...2, biased(.gelu)),
    "QuickGelu": OperatorImporter(1...1, quickGelu),
    "BiasAdd": OperatorImporter(3...3, biasedSum),
    "BiasDropout": OperatorImporter(2...5, biasedSum),
    "BiasSplitGelu": OperatorImporter(2...2, biasedSplitGelu),
    "BiasSoftmax": OperatorImporter(2...2, biasedSoftmax),
    "SkipLayerNormalization": OperatorImporter(3...5, several: skipLayerNormalization),
    "SkipSimplifiedLayerNormalization": OperatorImporter(3...4, several: skipRootMeanSquareNormalization),
    "EmbedLayerNormalization": OperatorImporter(7...9, several: embeddedNormalization),
    "GroupNorm": OperatorImporter(3...3, groupNorm),
    "SkipGroupNorm": OperatorImporter(4...5, several: skipGroupNorm),
    "Attention": OperatorImporter(2...7, several: packedAttention).ofAnyType,
    "MultiHeadAttention": OperatorImporter(1...10, several: multiHeadAttention).ofAnyType,
    "Trilu": OperatorImporter(1...2, triangle).ofAnyType,
  ]
}

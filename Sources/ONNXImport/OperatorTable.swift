import GraphEngine
import Kernels

/// How one ONNX operator becomes steps of the engine.
struct OperatorImporter: Sendable {
  typealias Lower = @Sendable (OperatorCall, inout Lowering) throws(ONNXError) -> [Value]

  /// How many inputs the operator may have, optional ones included.
  private let inputs: ClosedRange<Int>
  private let body: Lower
  /// Whether the operator treats whole numbers and truths, carried as reals, as ONNX does.
  private var takesIntegers = false

  /// An operator with several outputs, or none of its own.
  init(_ inputs: ClosedRange<Int>, several body: @escaping Lower) {
    self.inputs = inputs
    self.body = body
  }

  /// An operator whose first output alone is computed.
  init(
    _ inputs: ClosedRange<Int>,
    _ body: @escaping @Sendable (OperatorCall, inout Lowering) throws(ONNXError) -> Value
  ) {
    self.init(inputs, several: { (call, lowering) throws(ONNXError) in [try body(call, &lowering)] })
  }

  func lower(_ call: OperatorCall, _ lowering: inout Lowering) throws(ONNXError) -> [Value] {
    guard inputs.contains(call.inputs.count) else {
      throw call.malformed("it has \(call.inputs.count) inputs, and takes \(inputs.lowerBound) to \(inputs.upperBound)")
    }
    if !takesIntegers, let odd = call.inputs.lazy.compactMap({ $0 }).first(where: \.isInteger) {
      throw call.unsupported("it computes with activations of type \(odd.type)")
    }
    return try body(call, &lowering)
  }

  /// The same operator, for activations of any type.
  var ofAnyType: OperatorImporter {
    var copy = self
    copy.takesIntegers = true
    return copy
  }
}

extension Value {
  /// Whether the engine computes this in reals though the file takes it for whole numbers or truths.
  fileprivate var isInteger: Bool { constant == nil && !type.isReal }
}

/// The ONNX operators that can be lowered, one line each.
enum OperatorTable {
  /// How the node's operator is lowered; `nil` where it cannot be.
  static func importer(of node: FileNode) -> OperatorImporter? {
    switch node.domain {
    case "": importers[node.type]
    case "com.microsoft": runtimeImporters[node.type]
    case ChannelBlock.domain: blockedImporters[node.type]
    default: nil
    }
  }

  private static let importers = [
    windows, normalizations, matrices, recurrences, activations, functions, arithmetic, comparisons, reductions,
    movements,
    quantized, unchanging,
  ].reduce(into: [:]) { all, part in all.merge(part) { first, _ in first } }

  /// Convolution and pooling.
  private static let windows: [String: OperatorImporter] = [
    "Conv": OperatorImporter(2...3, convolution),
    "ConvTranspose": OperatorImporter(2...3, transposedConvolution),
    "MaxPool": OperatorImporter(1...1, maxPool).ofAnyType,
    "AveragePool": OperatorImporter(1...1, averagePool),
    "LpPool": OperatorImporter(1...1, normPool),
    "GlobalAveragePool": OperatorImporter(1...1, globalAveragePool),
    "GlobalMaxPool": OperatorImporter(1...1, globalMaxPool),
    "GlobalLpPool": OperatorImporter(1...1, globalNormPool),
    "Resize": OperatorImporter(1...4, resize).ofAnyType,
    "Upsample": OperatorImporter(1...2, resize).ofAnyType,
  ]

  /// Normalisation.
  private static let normalizations: [String: OperatorImporter] = [
    "BatchNormalization": OperatorImporter(5...5, batchNormalization),
    "InstanceNormalization": OperatorImporter(3...3, instanceNormalization),
    "GroupNormalization": OperatorImporter(3...3, groupNormalization),
    "LayerNormalization": OperatorImporter(2...3, several: layerNormalization),
    "RMSNormalization": OperatorImporter(2...2, rootMeanSquareNormalization),
    "SimplifiedLayerNormalization": OperatorImporter(2...2, rootMeanSquareNormalization),
    "MeanVarianceNormalization": OperatorImporter(1...1, meanVarianceNormalization),
    "LpNormalization": OperatorImporter(1...1, normNormalization),
    "LRN": OperatorImporter(1...1, localResponseNormalization),
  ]

  /// Matrices.
  private static let matrices: [String: OperatorImporter] = [
    "Gemm": OperatorImporter(2...3, generalMatrixProduct),
    "MatMul": OperatorImporter(2...2, matrixProduct),
    "Einsum": OperatorImporter(1...64, einsum),
    "Attention": OperatorImporter(3...7, several: attention).ofAnyType,
  ]

  /// Recurrent layers.
  private static let recurrences: [String: OperatorImporter] = [
    "LSTM": OperatorImporter(3...8, several: longShortTermMemory),
    "GRU": OperatorImporter(3...6, several: gatedRecurrentUnit),
    "RNN": OperatorImporter(3...6, several: simpleRecurrence),
  ]

  /// Activations.
  private static let activations: [String: OperatorImporter] = [
    "Relu": OperatorImporter(1...1, function(.relu)).ofAnyType,
    "LeakyRelu": OperatorImporter(1...1, leakyReLU),
    "PRelu": OperatorImporter(2...2, parametricReLU),
    "ThresholdedRelu": OperatorImporter(1...1, thresholdedReLU),
    "Elu": OperatorImporter(1...1, elu),
    "Selu": OperatorImporter(1...1, selu),
    "Celu": OperatorImporter(1...1, celu),
    "Gelu": OperatorImporter(1...1, gelu),
    "Swish": OperatorImporter(1...1, swish),
    "Sigmoid": OperatorImporter(1...1, function(.sigmoid)),
    "Tanh": OperatorImporter(1...1, function(.tanh)),
    "HardSigmoid": OperatorImporter(1...1, hardSigmoid),
    "HardSwish": OperatorImporter(1...1, function(.hardSwish)),
    "Clip": OperatorImporter(1...3, clip).ofAnyType,
    "Mish": OperatorImporter(1...1, function(.mish)),
    "Softplus": OperatorImporter(1...1, function(.softplus)),
    "Softsign": OperatorImporter(1...1, function(.softsign)),
    "Shrink": OperatorImporter(1...1, shrink),
    "Softmax": OperatorImporter(1...1, softmax),
    "LogSoftmax": OperatorImporter(1...1, logSoftmax),
    "Hardmax": OperatorImporter(1...1, hardmax),
  ]

  /// Functions of one scalar.
  private static let functions: [String: OperatorImporter] = [
    "Exp": OperatorImporter(1...1, function(.exp)),
    "Log": OperatorImporter(1...1, function(.log)),
    "Sqrt": OperatorImporter(1...1, function(.sqrt)),
    "Reciprocal": OperatorImporter(1...1, function(.reciprocal)),
    "Abs": OperatorImporter(1...1, wholeSum(function(.abs))).ofAnyType,
    "Neg": OperatorImporter(1...1, wholeSum(function(.neg))).ofAnyType,
    "Sign": OperatorImporter(1...1, wholeSum(function(.sign))).ofAnyType,
    "Erf": OperatorImporter(1...1, function(.erf)),
    "Floor": OperatorImporter(1...1, function(.floor)),
    "Ceil": OperatorImporter(1...1, function(.ceil)),
    "Round": OperatorImporter(1...1, function(.round)),
    "Sin": OperatorImporter(1...1, function(.sin)),
    "Cos": OperatorImporter(1...1, function(.cos)),
    "Tan": OperatorImporter(1...1, function(.tan)),
    "Asin": OperatorImporter(1...1, function(.asin)),
    "Acos": OperatorImporter(1...1, function(.acos)),
    "Atan": OperatorImporter(1...1, function(.atan)),
    "Sinh": OperatorImporter(1...1, function(.sinh)),
    "Cosh": OperatorImporter(1...1, function(.cosh)),
    "Asinh": OperatorImporter(1...1, function(.asinh)),
    "Acosh": OperatorImporter(1...1, function(.acosh)),
    "Atanh": OperatorImporter(1...1, function(.atanh)),
  ]

  /// Arithmetic.
  private static let arithmetic: [String: OperatorImporter] = [
    "Add": OperatorImporter(2...2, arithmetic(.add)).ofAnyType,
    "Sub": OperatorImporter(2...2, arithmetic(.subtract)).ofAnyType,
    "Mul": OperatorImporter(2...2, arithmetic(.multiply)).ofAnyType,
    "Div": OperatorImporter(2...2, arithmetic(.divide)).ofAnyType,
    "Mod": OperatorImporter(2...2, remainder).ofAnyType,
    "Pow": OperatorImporter(2...2, arithmetic(.power)),
    "Max": OperatorImporter(1...64, arithmetic(.maximum)).ofAnyType,
    "Min": OperatorImporter(1...64, arithmetic(.minimum)).ofAnyType,
    "Sum": OperatorImporter(1...64, arithmetic(.add)),
    "Mean": OperatorImporter(1...64, mean),
    "CumSum": OperatorImporter(2...2, wholeSum(cumulativeSum)).ofAnyType,
  ]

  /// Comparisons and truths.
  private static let comparisons: [String: OperatorImporter] = [
    "Greater": OperatorImporter(2...2, comparison(.greater)).ofAnyType,
    "GreaterOrEqual": OperatorImporter(2...2, comparison(.greaterOrEqual)).ofAnyType,
    "Less": OperatorImporter(2...2, comparison(.less)).ofAnyType,
    "LessOrEqual": OperatorImporter(2...2, comparison(.lessOrEqual)).ofAnyType,
    "Equal": OperatorImporter(2...2, comparison(.equal)).ofAnyType,
    "And": OperatorImporter(2...2, logic(Arithmetic(.multiply))).ofAnyType,
    "Or": OperatorImporter(2...2, logic(Arithmetic(.maximum))).ofAnyType,
    "Xor": OperatorImporter(2...2, logic(Comparison(.notEqual))).ofAnyType,
    "Not": OperatorImporter(1...1, negation).ofAnyType,
    "IsNaN": OperatorImporter(1...1, isNotANumber),
    "IsInf": OperatorImporter(1...1, isInfinite),
    "Where": OperatorImporter(3...3, selection).ofAnyType,
    "ArgMax": OperatorImporter(1...1, argExtremum(isLargest: true)).ofAnyType,
    "ArgMin": OperatorImporter(1...1, argExtremum(isLargest: false)).ofAnyType,
    "TopK": OperatorImporter(1...2, several: topK).ofAnyType,
    "OneHot": OperatorImporter(3...3, oneHot).ofAnyType,
  ]

  /// Reductions.
  private static let reductions: [String: OperatorImporter] = [
    "ReduceMean": OperatorImporter(1...2, reduction(.mean)),
    "ReduceSum": OperatorImporter(1...2, wholeSum(reduction(.sum))).ofAnyType,
    "ReduceMax": OperatorImporter(1...2, reduction(.max)).ofAnyType,
    "ReduceMin": OperatorImporter(1...2, reduction(.min)).ofAnyType,
    "ReduceProd": OperatorImporter(1...2, reduction(.product)),
    "ReduceL1": OperatorImporter(1...2, reduction(.l1)),
    "ReduceL2": OperatorImporter(1...2, reduction(.l2)),
    "ReduceSumSquare": OperatorImporter(1...2, reduction(.sumOfSquares)),
    "ReduceLogSum": OperatorImporter(1...2, reduction(.logarithmOfSum)),
    "ReduceLogSumExp": OperatorImporter(1...2, reduction(.logarithmOfSumOfExponentials)),
  ]

  /// Movement.
  private static let movements: [String: OperatorImporter] = [
    "Reshape": OperatorImporter(1...2, reshape).ofAnyType,
    "Flatten": OperatorImporter(1...1, flatten).ofAnyType,
    "Squeeze": OperatorImporter(1...2, squeeze).ofAnyType,
    "Unsqueeze": OperatorImporter(1...2, unsqueeze).ofAnyType,
    "Transpose": OperatorImporter(1...1, transpose).ofAnyType,
    "Concat": OperatorImporter(1...4096, concatenation).ofAnyType,
    "Slice": OperatorImporter(1...5, slice).ofAnyType,
    "Split": OperatorImporter(1...2, several: split).ofAnyType,
    "Pad": OperatorImporter(1...4, pad).ofAnyType,
    "Gather": OperatorImporter(2...2, gather).ofAnyType,
    "GatherElements": OperatorImporter(2...2, gatherElements).ofAnyType,
    "GatherND": OperatorImporter(2...2, gatherND).ofAnyType,
    "Scatter": OperatorImporter(3...3, scatterElements).ofAnyType,
    "ScatterElements": OperatorImporter(3...3, scatterElements).ofAnyType,
    "ScatterND": OperatorImporter(3...3, scatterND).ofAnyType,
    "Trilu": OperatorImporter(1...2, triangle).ofAnyType,
    "GridSample": OperatorImporter(2...2, gridSample),
    "RoiAlign": OperatorImporter(3...3, regionAlignment).ofAnyType,
    "Expand": OperatorImporter(2...2, expand).ofAnyType,
    "Tile": OperatorImporter(2...2, tile).ofAnyType,
    "DepthToSpace": OperatorImporter(1...1, depthToSpace).ofAnyType,
    "SpaceToDepth": OperatorImporter(1...1, spaceToDepth).ofAnyType,
  ]

  /// Quantised networks.
  private static let quantized: [String: OperatorImporter] = [
    "QuantizeLinear": OperatorImporter(2...3, quantization),
    "DequantizeLinear": OperatorImporter(2...3, dequantization).ofAnyType,
    "DynamicQuantizeLinear": OperatorImporter(1...1, several: dynamicQuantization),
    "QLinearConv": OperatorImporter(8...9, quantizedConvolution).ofAnyType,
    "QLinearMatMul": OperatorImporter(8...8, quantizedMatrixProduct).ofAnyType,
    "ConvInteger": OperatorImporter(2...4, integerConvolution).ofAnyType,
    "MatMulInteger": OperatorImporter(2...4, integerMatrixProduct).ofAnyType,
  ]

  /// What changes nothing when a trained network is run.
  private static let unchanging: [String: OperatorImporter] = [
    "Identity": OperatorImporter(1...1, identity).ofAnyType,
    "Dropout": OperatorImporter(1...3, several: dropout),
    "Cast": OperatorImporter(1...1, cast).ofAnyType,
    "CastLike": OperatorImporter(2...2, castLike).ofAnyType,
  ]
}

import GraphEngine
import Kernels

/// How one ONNX operator becomes steps of the engine.
struct OperatorImporter: Sendable {
  typealias Lower = @Sendable (OperatorCall, inout Lowering) throws(ONNXError) -> [Value]

  /// How many inputs the operator may have, optional ones included.
  private let inputs: ClosedRange<Int>
  private let body: Lower

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
    return try body(call, &lowering)
  }
}

/// The ONNX operators that can be lowered, one line each.
enum OperatorTable {
  static let importers: [String: OperatorImporter] = [
    // Convolution and pooling
    "Conv": OperatorImporter(2...3, convolution),
    "ConvTranspose": OperatorImporter(2...3, transposedConvolution),
    "MaxPool": OperatorImporter(1...1, maxPool),
    "AveragePool": OperatorImporter(1...1, averagePool),
    "GlobalAveragePool": OperatorImporter(1...1, globalAveragePool),
    "GlobalMaxPool": OperatorImporter(1...1, globalMaxPool),
    // Normalisation
    "BatchNormalization": OperatorImporter(5...5, batchNormalization),
    "LayerNormalization": OperatorImporter(2...3, layerNormalization),
    "LRN": OperatorImporter(1...1, localResponseNormalization),
    // Matrices
    "Gemm": OperatorImporter(2...3, generalMatrixProduct),
    "MatMul": OperatorImporter(2...2, matrixProduct),
    // Activations
    "Relu": OperatorImporter(1...1, function(.relu)),
    "LeakyRelu": OperatorImporter(1...1, leakyReLU),
    "PRelu": OperatorImporter(2...2, parametricReLU),
    "ThresholdedRelu": OperatorImporter(1...1, thresholdedReLU),
    "Elu": OperatorImporter(1...1, elu),
    "Selu": OperatorImporter(1...1, selu),
    "Celu": OperatorImporter(1...1, celu),
    "Gelu": OperatorImporter(1...1, gelu),
    "Sigmoid": OperatorImporter(1...1, function(.sigmoid)),
    "Tanh": OperatorImporter(1...1, function(.tanh)),
    "HardSigmoid": OperatorImporter(1...1, hardSigmoid),
    "HardSwish": OperatorImporter(1...1, function(.hardSwish)),
    "Clip": OperatorImporter(1...3, clip),
    "Mish": OperatorImporter(1...1, function(.mish)),
    "Softplus": OperatorImporter(1...1, function(.softplus)),
    "Softsign": OperatorImporter(1...1, function(.softsign)),
    "Softmax": OperatorImporter(1...1, softmax),
    "LogSoftmax": OperatorImporter(1...1, logSoftmax),
    // Arithmetic
    "Exp": OperatorImporter(1...1, function(.exp)),
    "Log": OperatorImporter(1...1, function(.log)),
    "Sqrt": OperatorImporter(1...1, function(.sqrt)),
    "Reciprocal": OperatorImporter(1...1, function(.reciprocal)),
    "Abs": OperatorImporter(1...1, function(.abs)),
    "Neg": OperatorImporter(1...1, function(.neg)),
    "Sign": OperatorImporter(1...1, function(.sign)),
    "Erf": OperatorImporter(1...1, function(.erf)),
    "Floor": OperatorImporter(1...1, function(.floor)),
    "Ceil": OperatorImporter(1...1, function(.ceil)),
    "Round": OperatorImporter(1...1, function(.round)),
    "Sin": OperatorImporter(1...1, function(.sin)),
    "Cos": OperatorImporter(1...1, function(.cos)),
    "Add": OperatorImporter(2...2, arithmetic(.add)),
    "Sub": OperatorImporter(2...2, arithmetic(.subtract)),
    "Mul": OperatorImporter(2...2, arithmetic(.multiply)),
    "Div": OperatorImporter(2...2, arithmetic(.divide)),
    "Pow": OperatorImporter(2...2, arithmetic(.power)),
    "Max": OperatorImporter(1...64, arithmetic(.maximum)),
    "Min": OperatorImporter(1...64, arithmetic(.minimum)),
    "Sum": OperatorImporter(1...64, arithmetic(.add)),
    "Mean": OperatorImporter(1...64, mean),
    "Greater": OperatorImporter(2...2, comparison(.greater)),
    "GreaterOrEqual": OperatorImporter(2...2, comparison(.greater)),
    "Less": OperatorImporter(2...2, comparison(.less)),
    "LessOrEqual": OperatorImporter(2...2, comparison(.less)),
    "Where": OperatorImporter(3...3, selection),
    // Reductions
    "ReduceMean": OperatorImporter(1...2, reduction(.mean)),
    "ReduceSum": OperatorImporter(1...2, reduction(.sum)),
    "ReduceMax": OperatorImporter(1...2, reduction(.max)),
    "ReduceMin": OperatorImporter(1...2, reduction(.min)),
    // Movement
    "Reshape": OperatorImporter(1...2, reshape),
    "Flatten": OperatorImporter(1...1, flatten),
    "Squeeze": OperatorImporter(1...2, squeeze),
    "Unsqueeze": OperatorImporter(1...2, unsqueeze),
    "Transpose": OperatorImporter(1...1, transpose),
    "Concat": OperatorImporter(1...4096, concatenation),
    "Slice": OperatorImporter(1...5, slice),
    "Split": OperatorImporter(1...2, several: split),
    "Pad": OperatorImporter(1...4, pad),
    "Gather": OperatorImporter(2...2, gather),
    "Expand": OperatorImporter(2...2, expand),
    // What changes nothing when a trained network is run
    "Identity": OperatorImporter(1...1, identity),
    "Dropout": OperatorImporter(1...3, several: dropout),
    "Cast": OperatorImporter(1...1, cast),
  ]
}

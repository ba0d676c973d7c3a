import GraphEngine
import Kernels
import Testing

/// An operator with inputs that it takes.
struct OperatorSample: Sendable, CustomTestStringConvertible {
  let op: any Operator
  let inputs: [NDArray]

  init(_ op: any Operator, _ shapes: [Int]...) {
    self.init(op, shapes.enumerated().map { ramp($1, phase: 0.37 * Float($0)) })
  }

  init(_ op: any Operator, _ inputs: [NDArray]) { (self.op, self.inputs) = (op, inputs) }

  var testDescription: String { "\(op.name) \(inputs.map(\.shape))" }

  var shapes: [[Int]] { inputs.map(\.shape) }

  func shape() throws -> [Int] { try op.outputShape(of: shapes) }

  /// The output where one input is another.
  func forward(replacing index: Int, with array: NDArray) throws -> [Float] {
    var inputs = inputs
    inputs[index] = array
    return try op.forward(inputs).scalars
  }

  /// The vector–Jacobian product by one input alone, constants being the others; `nil` where none is taken.
  func pullback(_ cotangent: NDArray, to index: Int, keepingInput: Bool = true) throws -> NDArray? {
    let wanted = inputs.indices.map { $0 == index }
    let point = LinearizationPoint(
      inputs: inputs.enumerated().map { $0 == index && !keepingInput ? nil : $1.asConstant() },
      output: keepingInput ? try op.forward(inputs) : nil, inputShapes: shapes, outputShape: try shape(),
      wanted: wanted)
    return try op.pullback(cotangent, at: point)[index]
  }
}

extension OperatorSample {
  /// One of every operator at least, more where its settings matter.
  static let all: [OperatorSample] =
    convolutions + pools + arithmetic + functions + normalizations + movement + choices
    + recurrences + computedPlaces

  private static func geometry(
    strides: [Int] = [1, 1], dilations: [Int] = [1, 1], padding: Int = 0, groups: Int = 1
  ) -> ConvolutionGeometry {
    ConvolutionGeometry(
      strides: strides, dilations: dilations, paddingBefore: [padding, padding], paddingAfter: [padding, padding],
      groups: groups)
  }

  private static let windows = PoolingGeometry(
    kernel: [2, 3], strides: [2, 1], dilations: [1, 1], paddingBefore: [0, 1], paddingAfter: [0, 1])

  private static let convolutions: [OperatorSample] = [
    .init(Convolution(geometry(padding: 1)), [1, 2, 4, 5], [3, 2, 3, 3], [3]),
    .init(Convolution(geometry(strides: [2, 1], dilations: [1, 2], groups: 2)), [1, 2, 5, 6], [4, 1, 3, 2]),
    .init(TransposedConvolution(geometry(strides: [2, 2]), outputPadding: [0, 1]), [1, 2, 3, 3], [2, 3, 3, 2], [3]),
    .init(TransposedConvolution(geometry(groups: 2), outputPadding: [0, 0]), [1, 2, 3, 3], [2, 1, 2, 2]),
    .init(Linear(), [2, 3], [3, 4], [4]),
    .init(Linear(alpha: 0.5, beta: 2, transposesInput: true, transposesWeights: true), [3, 2], [4, 3], [2, 4]),
    .init(MatrixProduct(), [2, 3, 4], [2, 4, 2]), .init(MatrixProduct(), [2, 3, 4], [4, 2]),
    .init(MatrixProduct(), [4], [4, 2]),
  ]

  private static let pools: [OperatorSample] = [
    .init(AveragePool(windows, ceilMode: false), [1, 2, 4, 5]), .init(MaxPool(windows, ceilMode: false), [1, 2, 4, 5]),
    .init(LpPool(p: 2, windows, ceilMode: false), [1, 2, 4, 5]), .init(GlobalAveragePool(), [1, 3, 2, 3]),
    .init(GlobalMaxPool(), [1, 3, 2, 3]),
  ]

  private static let arithmetic: [OperatorSample] =
    [BinaryFunction.add, .subtract, .multiply, .maximum, .minimum].map { .init(Arithmetic($0), [2, 3, 2], [3, 1]) } + [
      .init(Arithmetic(.divide), [2, 3], [3]),
      .init(Arithmetic(.power), [NDArray([0.5, 1.5, 2.5, 0.7], shape: [2, 2]), NDArray([2, 1.3], shape: [2])]),
      .init(DivisionRemainder(keepsDividendSign: true), [2, 3], [3]),
      .init(DivisionRemainder(keepsDividendSign: false), [2, 3], [3]), .init(Comparison(.greater), [2, 3, 2], [3, 1]),
      .init(Selection(), [NDArray([1, 0, 1], shape: [3, 1]), ramp([2, 3, 2]), ramp([2], phase: 0.4)]),
    ]

  private static let functions: [OperatorSample] =
    [
      UnaryFunction.relu, .leakyReLU(0.2), .clip(0, 0.5), .clip(-0.4, 0.5), .sigmoid, .tanh, .elu(1), .selu(1.2, 1.1),
      .celu(0.7), .gelu, .geluTanh, .silu, .hardSigmoid(alpha: 1, beta: 0.5), .hardSwish, .softplus, .softsign, .mish,
      .exp, .abs, .neg, .sign, .erf, .floor, .round, .sin, .cos, .atan, .sinh, .asinh,
      .shrink(lambda: 0.3, bias: 0.1), .pow(2), .thresholdedReLU(0.3), .linear(2, 0), .linear(0.5, 0.25),
    ].map { .init(ElementwiseFunction($0), [1, 3, 2, 2]) } + [
      .init(ParametricReLU(), [1, 3, 2, 2], [3, 1, 1]), .init(Identity(), [1, 3, 2, 2]),
      .init(
        Quantization(low: -4, high: 5),
        [ramp([1, 3, 2]), NDArray([0.13], shape: []), NDArray([1], shape: [])]),
      .init(DynamicQuantization(.numbers), [1, 3, 2]), .init(DynamicQuantization(.scale), [1, 3, 2]),
      .init(DynamicQuantization(.zeroPoint), [1, 3, 2]),
    ]

  private static let normalizations: [OperatorSample] =
    [
      .init(BatchNormalization(epsilon: 1e-3), [1, 3, 2, 2].scaled(to: [3])),
      .init(LayerNormalization(axis: 2, epsilon: 1e-3), [2, 3, 4], [4], [4]),
      .init(LayerNormalization(axis: 1, epsilon: 1e-3), [2, 3, 4], [3, 4]),
      .init(LocalResponseNormalization(size: 3, alpha: 0.1, beta: 0.75, bias: 1), [1, 5, 2, 2]),
      .init(Softmax(axis: 1), [2, 3, 2]), .init(LogSoftmax(axis: 1), [2, 3, 2]), .init(Hardmax(axis: 1), [2, 3, 2]),
    ]
    + [
      ReductionKind.sum, .mean, .max, .min, .product, .l1, .l2, .sumOfSquares, .logarithmOfSumOfExponentials,
    ].flatMap { (kind: ReductionKind) -> [OperatorSample] in
      [
        .init(Reduction(kind, axes: [2, 3], keepsDimensions: true), [1, 3, 2, 3]),
        .init(Reduction(kind, axes: [1], keepsDimensions: false), [2, 3, 2]),
      ]
    } + [
      .init(Reduction(.logarithmOfSum, axes: [1], keepsDimensions: false), [NDArray([1, 2, 3, 4], shape: [2, 2])]),
      .init(CumulativeSum(axis: 2, isExclusive: false, isReversed: false), [1, 2, 3]),
      .init(CumulativeSum(axis: 1, isExclusive: true, isReversed: true), [1, 2, 3]),
    ]

  private static let movement: [OperatorSample] = [
    .init(Reshape(to: [4, 6]), [2, 3, 4]), .init(Reshape(to: [1, 3]), [1, 3, 1, 1]),
    .init(Transpose(permutation: [2, 0, 1]), [2, 3, 4]), .init(Transpose(permutation: [0, 1, 3, 2]), [1, 2, 3, 2]),
    .init(Slice(starts: [1, 2, 0], ends: [-1, 3, 4], steps: [-1, 1, 2]), [2, 3, 4]),
    .init(Slice(starts: [0, 0, 1], ends: [2, 3, 4], steps: [1, 1, 1]), [2, 3, 4]),
    .init(Gather(indices: [2, 0, 2, 1], indicesShape: [2, 2], axis: 1), [2, 3, 2]),
    .init(Gather(indices: [1], indicesShape: [], axis: 2), [2, 3, 4]),
    .init(Concatenation(axis: 1), [2, 3, 2], [2, 1, 2], [2, 2, 2]), .init(Expand(to: [2, 3, 4]), [3, 1]),
    .init(Expand(to: [1, 3, 2, 2]), [1, 3, 1, 1]),
    .init(Pad(before: [0, 0, 1], after: [0, 0, 2], mode: .constant(0)), [1, 2, 3]),
    .init(Pad(before: [0, 0, -1], after: [0, 0, 2], mode: .edge), [1, 2, 3]),
    .init(Pad(before: [0, 1, 0], after: [0, 1, 0], mode: .reflect), [1, 2, 3]),
    .init(Pad(before: [0, 0, 0], after: [0, 0, 1], mode: .constant(2)), [1, 2, 3]),
    .init(GridSample(.linear, padding: .zeros, alignsCorners: false), [1, 2, 3, 4], [1, 2, 2, 2]),
    .init(GridSample(.cubic, padding: .reflection, alignsCorners: true), [1, 2, 3, 4], [1, 2, 2, 2]),
    .init(Picking(places: [5, -1, 0, 5], from: [2, 3], shape: [2, 2]), [2, 3]),
    .init(
      Resize([
        .init(
          2, try! Interpolation(rows: [[.init(0, 1)], [.init(0, 0.5), .init(1, 0.5)], [.init(1, 1)]], sourceExtent: 2))
      ]), [1, 2, 2, 3]),
  ]

  private static let recurrences: [OperatorSample] =
    [
      Recurrence(.simple(.tanh)), Recurrence(.simple(.sigmoid), isReversed: true, lengths: [2, 1]),
      Recurrence(.gru(gate: .sigmoid, candidate: .tanh, resetsAfterProduct: true)),
      Recurrence(.gru(gate: .sigmoid, candidate: .tanh, resetsAfterProduct: false), isReversed: true),
    ].map { .init($0, [2, 2, 2 * $0.gates], [2 * $0.gates, 2], [2 * $0.gates], [2, 2]) }
    + [
      Recurrence(.lstm(gate: .sigmoid, candidate: .tanh, output: .tanh, couplesGates: false), lengths: [1, 2]),
      Recurrence(.lstm(gate: .sigmoid, candidate: .tanh, output: .tanh, couplesGates: true), result: .cells),
    ].map { .init($0, [2, 2, 8], [8, 2], [8], [2, 2], [2, 2], [6]) }

  private static func whole(_ numbers: [Float], _ shape: [Int]) -> NDArray { NDArray(numbers, shape: shape) }

  private static let computedPlaces: [OperatorSample] =
    [
      .init(IndexedPicking(.positions(axis: 1)), [ramp([2, 3, 2]), whole([2, 0, -1], [3])]),
      .init(IndexedPicking(.elements(axis: 1)), [ramp([2, 3, 2]), whole([2, 0, 1, -2], [2, 1, 2])]),
      .init(IndexedPicking(.tuples(batch: 1)), [ramp([2, 3, 2]), whole([2, 1, 0, -1], [2, 2])]),
    ]
    + [Scattering.Combination.replace, .add, .multiply, .maximum].map {
      .init(
        IndexedScattering($0, .elements(axis: 1)),
        [ramp([2, 3]), whole([1, 1, 2, 0], [2, 2]), ramp([2, 2], phase: 0.4)])
    } + [
      .init(
        IndexedScattering(.add, .tuples(batch: 0)), [ramp([3, 2]), whole([2, 0], [2, 1]), ramp([2, 2], phase: 0.4)]),
      .init(
        RegionAlignment(.average, size: [2, 2], samples: 2, scale: 0.5, hasHalfPixelShift: true),
        [ramp([1, 2, 4, 5]), whole([1, 1.5, 7, 6, -1, 0, 3, 9], [2, 4]), whole([0, 0], [2])]),
      .init(
        RegionAlignment(.maximum, size: [1, 2], samples: 0, scale: 1, hasHalfPixelShift: false),
        [ramp([1, 2, 4, 5]), whole([1, 1.5, 4, 3], [1, 4]), whole([0], [1])]),
      .init(GridSample(.linear, padding: .border, alignsCorners: false), [1, 2, 2, 3, 2], [1, 1, 2, 2, 3]),
    ]
    + [IntegerArithmetic.Function.add, .subtract, .multiply, .divide, .remainder(keepsDividendSign: false)].map {
      .init(IntegerArithmetic($0, in: -128...127), [whole([7, -5, 120], [3]), whole([3, -2, 30], [3])])
    }

  private static let choices: [OperatorSample] =
    [Scattering.Combination.replace, .add, .multiply, .maximum, .minimum].map {
      .init(Scattering($0, places: [4, 1, 4]), [2, 3], [3])
    } + [
      .init(TopK(.values, count: 2, axis: 2, isLargest: true), [1, 2, 4]),
      .init(TopK(.places, count: 2, axis: 2, isLargest: false), [1, 2, 4]),
      .init(ArgExtremum(axis: 1, isLargest: true, keepsDimension: false, takesLast: false), [2, 3, 2]),
      .init(ArgExtremum(axis: 1, isLargest: false, keepsDimension: true, takesLast: false), [2, 3, 2]),
    ]
}

extension [Int] {
  /// An array of this shape and four of another, the last of them positive: what batch normalisation takes.
  fileprivate func scaled(to shape: [Int]) -> [NDArray] {
    [ramp(self)] + (0..<3).map { ramp(shape, phase: 0.2 * Float($0)) } + [NDArray([0.5, 1.5, 0.8], shape: shape)]
  }
}

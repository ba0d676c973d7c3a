/// What exporters compute with shapes, evaluated while the graph is lowered.
///
/// Integers stay exact here, and no axis is open any more: a `Shape` is three numbers, and what follows from them too.
/// Chains of real constants need no entry: the engine's own operators compute them.
enum ConstantFolding {
  typealias Evaluation = @Sendable (OperatorCall) throws(ONNXError) -> [Constant]

  /// What needs only the shape of its input, which is known even where the value is not.
  static let ofShapes: [String: Evaluation] = ["Shape": shape, "Size": size]

  /// What needs all inputs known.
  static let ofValues: [String: Evaluation] = [
    "Constant": constant, "ConstantOfShape": constantOfShape, "Range": range, "Cast": cast,
    "Identity": identity, "Reshape": reshape, "Flatten": flatten, "Squeeze": squeeze, "Unsqueeze": unsqueeze,
    "Transpose": transpose, "Slice": slice, "Gather": gather, "Concat": concatenation, "Split": split, "Expand": expand,
    "Tile": tile, "NonZero": nonZero,
    "Add": { (call) throws(ONNXError) in try arithmetic(call, integers: { $0 &+ $1 }, reals: +) },
    "Sub": { (call) throws(ONNXError) in try arithmetic(call, integers: { $0 &- $1 }, reals: -) },
    "Mul": { (call) throws(ONNXError) in try arithmetic(call, integers: { $0 &* $1 }, reals: *) },
    "Div": { (call) throws(ONNXError) in try arithmetic(call, integers: quotient, reals: /) },
    "Mod": modulo,
    "Min": { (call) throws(ONNXError) in try arithmetic(call, integers: min, reals: Swift.min) },
    "Max": { (call) throws(ONNXError) in try arithmetic(call, integers: max, reals: Swift.max) },
    "Equal": { (call) throws(ONNXError) in try comparison(call, integers: ==, reals: ==) },
    "Greater": { (call) throws(ONNXError) in try comparison(call, integers: >, reals: >) },
    "GreaterOrEqual": { (call) throws(ONNXError) in try comparison(call, integers: >=, reals: >=) },
    "Less": { (call) throws(ONNXError) in try comparison(call, integers: <, reals: <) },
    "LessOrEqual": { (call) throws(ONNXError) in try comparison(call, integers: <=, reals: <=) },
    "And": { (call) throws(ONNXError) in
      try comparison(call, integers: { $0 != 0 && $1 != 0 }, reals: { _, _ in false })
    },
    "Or": { (call) throws(ONNXError) in try comparison(call, integers: { $0 != 0 || $1 != 0 }, reals: { _, _ in false })
    },
    "Not": { (call) throws(ONNXError) in try unary(call, integers: { $0 == 0 ? 1 : 0 }, reals: { $0 }) },
    "Neg": { (call) throws(ONNXError) in try unary(call, integers: { 0 &- $0 }, reals: { -$0 }) },
    "Abs": { (call) throws(ONNXError) in try unary(call, integers: { $0 < 0 ? 0 &- $0 : $0 }, reals: { $0.magnitude })
    },
    "Floor": { (call) throws(ONNXError) in try unary(call, integers: { $0 }, reals: { $0.rounded(.down) }) },
    "Ceil": { (call) throws(ONNXError) in try unary(call, integers: { $0 }, reals: { $0.rounded(.up) }) },
    "Round": { (call) throws(ONNXError) in try unary(call, integers: { $0 }, reals: { $0.rounded(.toNearestOrEven) }) },
    "Where": selection,
    "ReduceProd": { (call) throws(ONNXError) in try reduction(call, integers: { $0 &* $1 }, reals: *) },
    "ReduceSum": { (call) throws(ONNXError) in try reduction(call, integers: { $0 &+ $1 }, reals: +) },
    "ReduceMax": { (call) throws(ONNXError) in try reduction(call, integers: max, reals: Swift.max) },
    "ReduceMin": { (call) throws(ONNXError) in try reduction(call, integers: min, reals: Swift.min) },
  ]

  /// What a reduction of nothing gives; the mean of nothing is undefined.
  private static let reductionIdentities: [String: Float] = [
    "ReduceSum": 0, "ReduceL1": 0, "ReduceL2": 0, "ReduceSumSquare": 0, "ReduceProd": 1, "ReduceMax": -.infinity,
    "ReduceMin": .infinity, "ReduceLogSum": -.infinity, "ReduceLogSumExp": -.infinity,
  ]

  /// The evaluation of a call whose inputs are known; `nil` where they are not, or nothing here computes it.
  static func evaluation(of call: OperatorCall) -> Evaluation? {
    guard call.node.domain.isEmpty else { return nil }
    if let evaluation = ofShapes[call.node.type] { return evaluation }
    guard call.inputs.allSatisfy({ $0 == nil || $0?.constant != nil }) else { return nil }
    if let identity = reductionIdentities[call.node.type], call.inputs.first??.shape.contains(0) == true {
      return { (call) throws(ONNXError) in try emptyReduction(call, identity) }
    }
    return ofValues[call.node.type]
  }
}

import GraphEngine
import Kernels

extension Layers {
  /// A function applied to tensors rather than a layer, `x * 2`, as Keras 2 (`TFOpLambda`) and 3 write it; `nil` for
  /// functions that cannot be lowered.
  static func operation(_ layer: LayerDescription) -> LayerKind? {
    let written = (layer.config["function"].text ?? layer.className).split(separator: ".").last.map(String.init) ?? ""
    let name = snakeCase(written).replacing("re_lu", with: "relu")
    if let function = arithmetic[name] {
      return LayerKind { (call, graph) throws(KerasError) in try combine(function, call, &graph) }
    }
    if let lower = functions[name] { return LayerKind(lower) }
    if let function = elementwise[name] ?? Activation.functions[name] {
      return LayerKind { (call, graph) throws(KerasError) in
        let x = call.tensors(at: 0, or: "x", "input", "features", "logits")
        guard x.count == 1 else { throw call.malformed("it is applied to \(x.count) tensors") }
        let op = ElementwiseFunction(withSettings(of: call, function))
        return try graph.add(op, x, to: call.output, for: call)
      }
    }
    return nil
  }

  /// A function with the numbers that its call gives it, where it is more than its name.
  private static func withSettings(of call: LayerCall, _ function: UnaryFunction) -> UnaryFunction {
    func number(_ names: String...) -> Float? {
      for name in names {
        if let number = call.setting(name).real { return Float(number) }
      }
      return call.invocation.arguments.dropFirst().first?.json?.real.map { Float($0) }
    }
    switch function {
    case .gelu:
      // Keras' function approximates unless told otherwise, TensorFlow's does not.
      let isApproximate = number("approximate") ?? (call.layer.className == "TFOpLambda" ? 0 : 1)
      return isApproximate == 0 ? .gelu : .geluTanh
    case .leakyReLU(let slope): return .leakyReLU(number("negative_slope", "alpha") ?? slope)
    case .elu(let alpha): return .elu(number("alpha") ?? alpha)
    case .celu(let alpha): return .celu(number("alpha") ?? alpha)
    default: return function
    }
  }

  private static let arithmetic: [String: BinaryFunction] = [
    "add": .add, "subtract": .subtract, "sub": .subtract, "multiply": .multiply, "mul": .multiply,
    "true_divide": .divide, "truediv": .divide, "divide": .divide, "maximum": .maximum, "minimum": .minimum,
    "power": .power, "pow": .power, "bias_add": .add,
  ]

  private static let elementwise: [String: UnaryFunction] = [
    "sqrt": .sqrt, "rsqrt": .pow(-0.5), "square": .pow(2), "absolute": .abs, "abs": .abs, "exp": .exp, "log": .log,
    "negative": .neg, "neg": .neg, "reciprocal": .reciprocal, "sign": .sign, "floor": .floor, "ceil": .ceil,
    "round": .round, "erf": .erf, "sin": .sin, "cos": .cos,
  ]

  /// Functions with settings, or of several tensors.
  private static let functions: [String: @Sendable (LayerCall, inout Lowering) throws(KerasError) -> Value] = [
    "mean": reduction(.mean), "reduce_mean": reduction(.mean), "sum": reduction(.sum), "reduce_sum": reduction(.sum),
    "max": reduction(.max), "reduce_max": reduction(.max), "amax": reduction(.max), "min": reduction(.min),
    "reduce_min": reduction(.min), "amin": reduction(.min), "var": variance, "reduce_variance": variance,
    "std": deviation, "reduce_std": deviation, "prod": reduction(.product),
    "reduce_prod": reduction(.product), "l2_normalize": unitNormalization, "normalize": unitNormalization,
    "concatenate": concatenateTensors, "concat": concatenateTensors, "stack": stack, "expand_dims": expandDimensions,
    "squeeze": squeeze, "reshape": reshapeTensor, "transpose": transposeTensor, "clip": clip, "clip_by_value": clip,
    "softmax": softmaxFunction, "log_softmax": softmaxFunction, "matmul": matrixProduct, "get_item": slice,
    "getitem": slice, "cast": unchangedTensor, "identity": unchangedTensor, "stop_gradient": unchangedTensor,
    "depth_to_space": depthToSpace, "argmax": argExtremum(isLargest: true), "argmin": argExtremum(isLargest: false),
  ]

  /// Two tensors, or a tensor and a number on either side.
  private static func combine(
    _ function: BinaryFunction, _ call: LayerCall, _ graph: inout Lowering
  ) throws(KerasError) -> Value {
    let keywords = ["x1", "x2", "x", "y", "value", "bias"].filter { call.invocation.keywords[$0] != nil }
    let operands = call.invocation.arguments + keywords.compactMap { call.invocation.keywords[$0] }
    guard operands.count == 2 else { throw call.unsupported("it combines \(operands.count) things") }
    var tensors: [Value] = []
    for (index, operand) in operands.enumerated() where !operand.tensors.isEmpty {
      let position = index < call.invocation.arguments.count ? index : -1
      let name = position < 0 ? keywords[index - call.invocation.arguments.count] : ""
      tensors += call.tensors(at: position, or: name)
    }
    var numbers: [Float?] = []
    for operand in operands {
      switch operand {
      case .tensor: numbers.append(nil)
      case .value(.number(let number)): numbers.append(Float(number))
      default:
        guard let array = operand.json.flatMap(ConstantArray.init) else {
          throw call.unsupported("it combines a tensor with something that is neither tensor nor number")
        }
        return try combine(function, tensors, with: array, isFirst: numbers.isEmpty, call, &graph)
      }
    }
    switch (numbers[0], numbers[1]) {
    case (nil, nil):
      guard tensors.count == 2 else { throw call.malformed("it is applied to \(tensors.count) tensors") }
      guard tensors[0].rank == tensors[1].rank else {
        throw call.unsupported("its operands have different numbers of axes")
      }
      return try graph.add(Arithmetic(function), aligned(tensors, call, &graph), to: call.output, for: call)
    case (nil, let right?):
      return try combine(function, tensors[0], right, to: call.output, call, &graph)
    case (let left?, nil): return try combine(function, left, tensors[0], to: call.output, call, &graph)
    default: throw call.unsupported("it combines two numbers")
    }
  }

  /// A tensor and, on its right, a number.
  static func combine(
    _ function: BinaryFunction, _ x: Value, _ right: Float, to name: String, _ call: LayerCall,
    _ graph: inout Lowering
  ) throws(KerasError) -> Value {
    let result = try graph.add(scalar(function, right: right), [x], to: name, for: call)
    graph.rescaleImage(from: x, to: result, by: call)
    return result
  }

  /// A number and, on its right, a tensor.
  static func combine(
    _ function: BinaryFunction, _ left: Float, _ x: Value, to name: String, _ call: LayerCall,
    _ graph: inout Lowering
  ) throws(KerasError) -> Value {
    switch function {
    case .divide:
      let inverse = try graph.add(ElementwiseFunction(.reciprocal), [x], to: call.inner("inverse"), for: call)
      return try graph.add(ElementwiseFunction(.linear(left, 0)), [inverse], to: name, for: call)
    case .power:
      let base = graph.constant(NDArray([left], shape: []), call.inner("base"))
      return try graph.add(Arithmetic(.power), [base, x], to: name, isMoved: x.isMoved, for: call)
    case .subtract:
      let result = try graph.add(ElementwiseFunction(.linear(-1, left)), [x], to: name, for: call)
      graph.rescaleImage(from: x, to: result, by: call)
      return result
    default: return try combine(function, x, left, to: name, call, &graph)
    }
  }

  /// A tensor and an array of numbers, which broadcast in Keras' order of axes.
  private static func combine(
    _ function: BinaryFunction, _ tensors: [Value], with array: ConstantArray, isFirst: Bool, _ call: LayerCall,
    _ graph: inout Lowering
  ) throws(KerasError) -> Value {
    guard tensors.count == 1, array.shape.count <= tensors[0].rank else {
      throw call.unsupported("it combines \(tensors.count) tensors with an array of \(spelled(array.shape))")
    }
    let x = tensors[0]
    let shape = Array(repeating: 1, count: x.rank - array.shape.count) + array.shape
    let constant = graph.constant(NDArray(array.numbers, shape: shape), call.inner("array"))
    let placed = x.isMoved ? try graph.moved(constant, for: call) : constant
    let operands = isFirst ? [placed, x] : [x, placed]
    let result = try graph.add(Arithmetic(function), operands, to: call.output, isMoved: x.isMoved, for: call)
    graph.rescaleImage(from: x, to: result, by: call)
    return result
  }

  private static func scalar(_ function: BinaryFunction, right y: Float) -> ElementwiseFunction {
    switch function {
    case .add: ElementwiseFunction(.linear(1, y))
    case .subtract: ElementwiseFunction(.linear(1, -y))
    case .multiply: ElementwiseFunction(.linear(y, 0))
    case .divide: ElementwiseFunction(.linear(1 / y, 0))
    case .maximum: ElementwiseFunction(.clip(y, .greatestFiniteMagnitude))
    case .minimum: ElementwiseFunction(.clip(-.greatestFiniteMagnitude, y))
    case .power: ElementwiseFunction(.pow(y))
    }
  }
}

/// Numbers that a call is given in place of a tensor.
struct ConstantArray {
  let shape: [Int]
  let numbers: [Float]

  /// A list of lists, or such a list as Keras 3 wraps it; `nil` for anything else.
  init?(_ json: JSON) {
    let json = json["config"]["value"].isNull ? json : json["config"]["value"]
    guard let numbers = json.reals, !numbers.isEmpty else { return nil }
    var (shape, part): ([Int], JSON) = ([], json)
    while let list = part.list, let first = list.first {
      shape.append(list.count)
      part = first
    }
    guard shape.reduce(1, *) == numbers.count else { return nil }
    (self.shape, self.numbers) = (shape, numbers.map { Float($0) })
  }
}

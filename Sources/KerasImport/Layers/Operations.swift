import GraphEngine
import Kernels

extension Layers {
  /// A function applied to tensors rather than a layer, `x * 2`, as Keras 2 (`TFOpLambda`) and 3 write it; `nil` for
  /// functions that cannot be lowered.
  static func operation(_ layer: LayerDescription) -> LayerKind? {
    let name = (layer.config["function"].text ?? layer.className).split(separator: ".").last.map(String.init) ?? ""
    if let function = arithmetic[snakeCase(name)] {
      return LayerKind { (call, graph) throws(KerasError) in try combine(function, call, &graph) }
    }
    if let function = Activation.functions[snakeCase(name).replacing("re_lu", with: "relu")] {
      return LayerKind { (call, graph) throws(KerasError) in
        try graph.add(ElementwiseFunction(function), [try call.input()], to: call.output, for: call)
      }
    }
    return nil
  }

  private static let arithmetic: [String: BinaryFunction] = [
    "add": .add, "subtract": .subtract, "sub": .subtract, "multiply": .multiply, "mul": .multiply,
    "true_divide": .divide, "truediv": .divide, "divide": .divide, "maximum": .maximum, "minimum": .minimum,
  ]

  /// Two tensors, or a tensor and a number on either side.
  private static func combine(
    _ function: BinaryFunction, _ call: LayerCall, _ graph: inout Lowering
  ) throws(KerasError) -> Value {
    let keywords = ["x1", "x2", "x", "y"].compactMap { call.invocation.keywords[$0] }
    let operands = call.invocation.arguments + keywords
    guard operands.count == 2 else { throw call.unsupported("it combines \(operands.count) things") }
    var tensors = call.inputs[...]
    var numbers: [Float?] = []
    for operand in operands {
      switch operand {
      case .tensor: numbers.append(nil)
      case .value(.number(let number)): numbers.append(Float(number))
      default: throw call.unsupported("it combines a tensor with something that is neither tensor nor number")
      }
    }
    switch (numbers[0], numbers[1]) {
    case (nil, nil):
      guard tensors.count == 2 else { throw call.malformed("it is applied to \(tensors.count) tensors") }
      guard call.inputs[0].rank == call.inputs[1].rank else {
        throw call.unsupported("its operands have different numbers of axes")
      }
      return try graph.add(Arithmetic(function), aligned(call.inputs, call, &graph), to: call.output, for: call)
    case (nil, let right?):
      let x = tensors.removeFirst()
      let result = try graph.add(scalar(function, right: right, call), [x], to: call.output, for: call)
      graph.rescaleImage(from: x, to: result, by: call)
      return result
    case (let left?, nil):
      let x = tensors.removeFirst()
      if function == .divide {
        let inverse = try graph.add(ElementwiseFunction(.reciprocal), [x], to: call.inner("inverse"), for: call)
        return try graph.add(ElementwiseFunction(.linear(left, 0)), [inverse], to: call.output, for: call)
      }
      let op =
        function == .subtract
        ? ElementwiseFunction(.linear(-1, left)) : try scalar(function, right: left, call)
      let result = try graph.add(op, [x], to: call.output, for: call)
      graph.rescaleImage(from: x, to: result, by: call)
      return result
    default: throw call.unsupported("it combines two numbers")
    }
  }

  private static func scalar(
    _ function: BinaryFunction, right y: Float, _ call: LayerCall
  ) throws(KerasError) -> ElementwiseFunction {
    switch function {
    case .add: ElementwiseFunction(.linear(1, y))
    case .subtract: ElementwiseFunction(.linear(1, -y))
    case .multiply: ElementwiseFunction(.linear(y, 0))
    case .divide: ElementwiseFunction(.linear(1 / y, 0))
    case .maximum: ElementwiseFunction(.clip(y, .greatestFiniteMagnitude))
    case .minimum: ElementwiseFunction(.clip(-.greatestFiniteMagnitude, y))
    case .power: throw call.unsupported("it takes powers")
    }
  }
}

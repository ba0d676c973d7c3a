import GraphEngine
import Kernels

extension Layers {
  /// A Lambda layer by what it is said to compute.
  static func lambda(_ expression: LambdaExpression) -> LayerKind {
    LayerKind { (call, graph) throws(KerasError) in
      let x = try call.input()
      var walk = LambdaLowering(call: call, x: x)
      guard case .tensor(let result) = try walk.lower(expression, to: call.output, &graph) else {
        throw call.unsupported("what it is said to compute does not depend on x")
      }
      if expression.isAffine { graph.rescaleImage(from: x, to: result, by: call) }
      return result
    }
  }
}

/// Lowers an expression step by step; the last carries the layer's name.
private struct LambdaLowering {
  let call: LayerCall
  let x: Value
  private var steps = 0

  init(call: LayerCall, x: Value) { (self.call, self.x) = (call, x) }

  enum Result {
    case number(Float)
    case tensor(Value)
  }

  mutating func lower(
    _ expression: LambdaExpression, to name: String? = nil, _ graph: inout Lowering
  ) throws(KerasError) -> Result {
    if let number = expression.value { return .number(Float(number)) }
    steps += 1
    let name = name ?? call.inner("\(steps)")
    switch expression {
    case .number(let number): return .number(Float(number))
    case .x:
      guard name == call.output else { return .tensor(x) }
      return .tensor(try graph.add(Identity(), [x], to: name, for: call))
    case .arithmetic(let operation, let a, let b):
      return .tensor(try combine(operation, try lower(a, &graph), try lower(b, &graph), to: name, &graph))
    case .function(let function, let argument, let numbers):
      guard case .tensor(let value) = try lower(argument, &graph) else {
        throw call.unsupported("'\(function.rawValue)' of a number is not computed")
      }
      return .tensor(try apply(function, to: value, numbers, named: name, &graph))
    }
  }

  private func combine(
    _ operation: LambdaExpression.Arithmetic, _ a: Result, _ b: Result, to name: String, _ graph: inout Lowering
  ) throws(KerasError) -> Value {
    let function: BinaryFunction =
      switch operation {
      case .add: .add
      case .subtract: .subtract
      case .multiply: .multiply
      case .divide: .divide
      case .power: .power
      }
    switch (a, b) {
    case (.tensor(let a), .tensor(let b)):
      return try graph.add(
        GraphEngine.Arithmetic(function), try Layers.aligned([a, b], call, &graph), to: name, for: call)
    case (.tensor(let a), .number(let b)): return try Layers.combine(function, a, b, to: name, call, &graph)
    case (.number(let a), .tensor(let b)): return try Layers.combine(function, a, b, to: name, call, &graph)
    case (.number, .number): throw call.malformed("numbers alone are not computed")
    }
  }

  private func apply(
    _ function: LambdaExpression.Function, to value: Value, _ numbers: [Int], named name: String,
    _ graph: inout Lowering
  ) throws(KerasError) -> Value {
    if function == .depthToSpace { return try Layers.depthToSpace(value, block: numbers[0], to: name, call, &graph) }
    let named = JSON.array(numbers.map { .number(Double($0)) })
    let kept = numbers.isEmpty ? [value.rank - 1] : try call.axes(named, rank: value.rank)
    func reduced(_ kind: ReductionKind) throws(KerasError) -> Value {
      try Layers.reduced(value, kind, axes: kept, keepsDimensions: false, to: name, call, &graph)
    }
    let elementwise: UnaryFunction
    switch function {
    case .mean: return try reduced(.mean)
    case .sum: return try reduced(.sum)
    case .max: return try reduced(.max)
    case .min: return try reduced(.min)
    case .l2Normalize: return try Layers.unit(value, axes: kept, to: name, call, &graph)
    case .softmax:
      guard kept.count == 1 else { throw call.unsupported("a softmax goes along one axis") }
      return try graph.add(Softmax(axis: value.axis(kept[0])), [value], to: name, for: call)
    case .depthToSpace: throw call.unsupported("its block is no number")
    case .abs: elementwise = .abs
    case .sqrt: elementwise = .sqrt
    case .square: elementwise = .pow(2)
    case .exp: elementwise = .exp
    case .log: elementwise = .log
    case .tanh: elementwise = .tanh
    case .relu: elementwise = .relu
    case .sigmoid: elementwise = .sigmoid
    }
    return try graph.add(ElementwiseFunction(elementwise), [value], to: name, for: call)
  }
}

import Foundation
import GraphEngine
import Kernels

/// Runs a graph node by node from the operators' definitions, in double precision, sharing no code with the engine.
struct NaiveInterpreter {
  let graph: Graph

  /// The graph's first output for one input.
  func output(for x: NaiveArray) -> NaiveArray {
    var values = [graph.inputs[0].name: x]
    for (name, array) in graph.constants { values[name] = NaiveArray(array.scalars.map(Double.init), array.shape) }
    for node in graph.nodes { values[node.output] = evaluate(node.op, node.inputs.map { values[$0]! }) }
    return values[graph.outputs[0]]!
  }

  private func evaluate(_ op: any Operator, _ x: [NaiveArray]) -> NaiveArray {
    switch op {
    case let op as ElementwiseFunction: x[0].map { value(op.function, $0) }
    case let op as Arithmetic: combine(x[0], x[1]) { value(op.function, $0, $1) }
    case let op as Comparison: combine(x[0], x[1]) { op.relation == .greater ? ($0 > $1 ? 1 : 0) : ($0 < $1 ? 1 : 0) }
    case is Selection: select(x[0], x[1], x[2])
    case let op as Convolution: convolve(x[0], x[1], x.count > 2 ? x[2] : nil, op.geometry)
    case let op as BatchNormalization:
      NaiveArray(x[0].shape) { i in
        (x[0][i] - x[3][[i[1]]]) / (x[4][[i[1]]] + Double(op.epsilon)).squareRoot() * x[1][[i[1]]] + x[2][[i[1]]]
      }
    case let op as MaxPool: pool(x[0], op.geometry) { $0.max()! }
    case let op as AveragePool: pool(x[0], op.geometry) { $0.reduce(0, +) / Double($0.count) }
    case is GlobalAveragePool: reduce(x[0], [2, 3], keepsDimensions: true) { $0.reduce(0, +) / Double($0.count) }
    case let op as Reduction:
      reduce(x[0], op.axes, keepsDimensions: op.keepsDimensions) { group in
        switch op.reduction {
        case .sum: group.reduce(0, +)
        case .mean: group.reduce(0, +) / Double(group.count)
        case .max: group.max()!
        default: group.reduce(0) { $0 + $1 * $1 }.squareRoot()
        }
      }
    case let op as Softmax: softmax(x[0], op.axis)
    case let op as LayerNormalization: normalize(x[0], scale: x[1], op)
    case is MatrixProduct:
      NaiveArray(Array(x[0].shape.dropLast()) + [x[1].shape[1]]) { i in
        (0..<x[1].shape[0]).reduce(0) { $0 + x[0][Array(i.dropLast()) + [$1]] * x[1][[$1, i[i.count - 1]]] }
      }
    case let op as Transpose:
      NaiveArray(op.permutation.map { x[0].shape[$0] }) { i in
        x[0][x[0].shape.indices.map { axis in i[op.permutation.firstIndex(of: axis)!] }]
      }
    case let op as Reshape: NaiveArray(x[0].scalars, op.shape)
    case let op as Concatenation: concatenate(x, op.axis)
    case let op as Slice:
      NaiveArray(x[0].shape.indices.map { (op.ends[$0] - op.starts[$0] + op.steps[$0] - 1) / op.steps[$0] }) { i in
        x[0][i.indices.map { op.starts[$0] + i[$0] * op.steps[$0] }]
      }
    case let op as Pad:
      NaiveArray(x[0].shape.indices.map { op.before[$0] + x[0].shape[$0] + op.after[$0] }) { i in
        x[0][i.indices.map { mirrored(i[$0] - op.before[$0], x[0].shape[$0]) }]
      }
    case let op as Resize: op.axes.reduce(x[0]) { interpolate($0, $1.index, $1.interpolation) }
    case let op as CumulativeSum:
      NaiveArray(x[0].shape) { i in
        (0...i[op.axis]).reduce(0) { sum, k in
          var j = i
          j[op.axis] = k
          return sum + x[0][j]
        }
      }
    default: fatalError("\(op.name) is not among the operators drawn")
    }
  }

  private func value(_ f: UnaryFunction, _ x: Double) -> Double {
    switch f {
    case .relu: max(0, x)
    case .leakyReLU(let slope): x > 0 ? x : Double(slope) * x
    case .sigmoid: 1 / (1 + exp(-x))
    case .tanh: tanh(x)
    case .silu: x / (1 + exp(-x))
    case .gelu: x / 2 * (1 + erf(x / 2.0.squareRoot()))
    case .softplus: log1p(exp(x))
    case .mish: x * tanh(log1p(exp(x)))
    case .sin: sin(x)
    case .atan: atan(x)
    case .asinh: asinh(x)
    case .linear(let a, let b): Double(a) * x + Double(b)
    default: fatalError("\(f) is not among the functions drawn")
    }
  }

  private func value(_ f: BinaryFunction, _ x: Double, _ y: Double) -> Double {
    switch f {
    case .add: x + y
    case .subtract: x - y
    case .multiply: x * y
    case .maximum: max(x, y)
    case .minimum: min(x, y)
    default: fatalError("\(f) is not among the functions drawn")
    }
  }

  private func mirrored(_ place: Int, _ extent: Int) -> Int {
    place < 0 ? -place : place < extent ? place : 2 * (extent - 1) - place
  }
}

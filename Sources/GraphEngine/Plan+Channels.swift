import Kernels

extension Plan {
  /// The last of the values after `name` whose channels each depend on the same channel of `name` alone, and are zero
  /// where that is: `name` itself, unless pooling or an activation function is all that reads it.
  ///
  /// To silence a channel there is to silence it at `name`, and there is less to compute after it.
  ///
  /// - Returns: the name of a value `[N, C, …]` with as many channels.
  public func channelwiseEnd(after name: String) -> String {
    guard var value = values.ids[name], values.shapes[value].count > 2 else { return name }
    let channels = values.shapes[value][1]
    var readers = [[PlannedStep]](repeating: [], count: values.count)
    for step in steps { for input in step.inputs { readers[input].append(step) } }
    while !outputs.contains(value), readers[value].count == 1, let next = readers[value].first, next.inputs == [value],
      next.node.op.keepsSilentChannels(of: values.shapes[value]),
      values.shapes[next.output].dropFirst().first == channels
    {
      value = next.output
    }
    return values.names[value]
  }
}

extension Operator {
  /// Whether each channel of the output depends on that channel of the input only, and is zero where that is.
  fileprivate func keepsSilentChannels(of shape: [Int]) -> Bool {
    switch self {
    case is Identity, is GlobalAveragePool, is GlobalMaxPool, is AveragePool, is MaxPool: return shape.count > 2
    case let function as ElementwiseFunction: return function.function.keepsZero
    case let reduction as Reduction:
      return reduction.axes.allSatisfy { $0 >= 2 } && [.mean, .sum, .max, .min].contains(reduction.kind)
    case is Reshape:
      // Of one number per channel nothing but the order is left, which stays.
      return shape.dropFirst(2).allSatisfy { $0 == 1 }
    default: return false
    }
  }
}

extension UnaryFunction {
  /// Whether this is an activation function that is zero at zero.
  fileprivate var keepsZero: Bool {
    switch self {
    case .relu, .leakyReLU, .tanh, .elu, .selu, .gelu, .geluTanh, .silu, .mish, .hardSwish: true
    case .clip(let low, let high): low <= 0 && high >= 0
    default: false
    }
  }
}

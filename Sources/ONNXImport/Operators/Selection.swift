import GraphEngine
import Kernels

extension OperatorTable {
  /// `Greater`, `Less`: nothing is computed until `Where` says what for.
  static func comparison(_ comparison: Value.Comparison) -> Lower {
    { (call, _) throws(ONNXError) in .comparison(comparison, try call.input(0), try call.input(1)) }
  }

  /// `Where`, in the forms that exporters take activations apart into.
  static func selection(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let (chosen, other) = (try call.input(1), try call.input(2))
    if case .comparison(.greater, let x, let bound) = try call.input(0), let threshold = bound.constant,
      threshold.count == 1, x.isSame(as: chosen)
    {
      let threshold = threshold.reals[0]
      // PyTorch's softplus: beyond some bound x itself, which from 16 on is the softplus to the last bit of a float.
      if threshold >= 16, let node = graph.producer(of: other), case .computed(let name, _) = x,
        let function = (node.op as? ElementwiseFunction)?.function, function == .softplus, node.inputs == [name]
      {
        return other
      }
      if let constant = other.constant, constant.reals.allSatisfy({ $0 == 0 }),
        broadcastShape(x.shape, constant.shape) == x.shape
      {
        return try graph.add(ElementwiseFunction(.thresholdedReLU(threshold)), [x], for: call)
      }
    }
    throw call.unsupported("it chooses between values in a way that is no known activation function")
  }
}

extension Value {
  /// Whether both are one computed value.
  fileprivate func isSame(as other: Value) -> Bool {
    guard case .computed(let name, _) = self, case .computed(name, _) = other else { return false }
    return true
  }
}

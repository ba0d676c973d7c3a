import GraphEngine
import Kernels

extension OperatorTable {
  /// A reduction over some axes, all of them where the file names none.
  static func reduction(_ kind: ReductionKind) -> Lower {
    { (call, graph) throws(ONNXError) in
      let x = try call.input(0)
      let axes = try call.reducedAxes(rank: x.shape.count)
      if axes.isEmpty { return x }
      let keepsDimensions = try call.attributes.flag("keepdims", default: true)
      return try graph.add(Reduction(kind, axes: axes, keepsDimensions: keepsDimensions), [x], for: call)
    }
  }
}

import GraphEngine
import Kernels

extension Graph {
  /// The values that only make a sequence of feature maps ready for a recurrent layer: rows put into channels, axes
  /// turned, input weights.
  ///
  /// The maps are what the papers of the CAM family would choose.
  var preparingSequences: Set<String> {
    let producers = Dictionary(nodes.map { ($0.output, $0) }) { first, _ in first }
    var found: Set<String> = []
    for node in nodes where node.op is Recurrence {
      var name = node.inputs[0]
      while let producer = producers[name], producer.prepares(constants) {
        found.insert(name)
        guard let source = producer.inputs.first(where: { constants[$0] == nil }) else { break }
        name = source
      }
    }
    return found
  }
}

extension Node {
  /// Whether it moves scalars about, or multiplies by or adds constants.
  fileprivate func prepares(_ constants: [String: NDArray]) -> Bool {
    switch op {
    case is MatrixProduct, is Arithmetic: inputs.contains { constants[$0] != nil }
    default: op.kind == .movement
    }
  }
}

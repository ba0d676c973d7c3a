import AttributionKit
import GraphEngine
import Kernels

/// The end of a network: where its logits are, and what it makes of them.
struct ClassifierHead {
  /// The output, as the graph names it.
  let name: String
  let logits: String
  /// `nil` where the network ends in the logits themselves.
  let link: ProbabilityLink?

  /// Steps back from the output over whatever only reorders, to a softmax or sigmoid and to its input.
  init(of graph: Graph, output: String?) throws(GraphModelError) {
    guard let end = output ?? graph.outputs.first, graph.outputs.contains(end) || output == nil else {
      throw .noSuchOutput(output ?? "", among: graph.outputs)
    }
    name = end
    let producers = Dictionary(graph.nodes.map { ($0.output, $0) }) { first, _ in first }
    var value = end
    while let node = producers[value] {
      switch node.op {
      case is Reshape, is Identity, is Transpose: value = node.inputs[0]
      case is Softmax, is LogSoftmax:
        (logits, link) = (node.inputs[0], .softmax)
        return
      case let function as ElementwiseFunction where function.function == .sigmoid:
        (logits, link) = (node.inputs[0], .sigmoid)
        return
      default:
        (logits, link) = (end, nil)
        return
      }
    }
    (logits, link) = (end, nil)
  }
}

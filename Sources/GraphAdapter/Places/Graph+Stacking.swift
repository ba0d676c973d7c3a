import AttributionKit
import GraphEngine
import Kernels

extension Graph {
  /// The same network taking volumes, films and signals as pictures, see `StackedGrid`.
  ///
  /// - Returns: The network, and how its inputs that are seen otherwise are seen, by their names.
  func takingPictures() -> (graph: Graph, grids: [String: StackedGrid]) {
    var graph = self
    var grids: [String: StackedGrid] = [:]
    let hasPicture = inputs.contains { [4, 5].contains($0.shape.count) }
    for (index, input) in inputs.enumerated() {
      let isSignal = input.shape.count == 3 && !hasPicture && hasWindows(ofRank: 3)
      guard input.shape.count == 5 || isSignal,
        let grid = StackedGrid(
          Array(input.shape.dropFirst()), hasChannelsLast: isSignal && turnsChannels(of: input.name))
      else { continue }
      grids[input.name] = grid
      let images = input.shape[0], native = "\(input.name).unstacked"
      graph.inputs[index] = Input(input.name, shape: [images] + grid.stackedShape)
      graph.nodes = graph.nodes.map { node in
        Node(node.name, node.op, node.inputs.map { $0 == input.name ? native : $0 }, to: node.output)
      }
      var back = [0] + grid.axes
      for (place, axis) in grid.axes.enumerated() { back[axis + 1] = place + 1 }
      let isInOrder = back == Array(back.indices), ordered = [images] + grid.axes.map { grid.nativeShape[$0] }
      let first = isInOrder ? native : "\(input.name).ordered"
      var added = [Node(Reshape(to: ordered), [input.name], to: first)]
      if !isInOrder { added.append(Node(Transpose(permutation: back), [first], to: native)) }
      graph.nodes = added + graph.nodes
    }
    return (graph, grids)
  }

  /// Whether a convolution or pooling slides over arrays of this rank.
  private func hasWindows(ofRank rank: Int) -> Bool {
    nodes.contains {
      $0.op is Convolution && $0.inputs.dropFirst().first.flatMap { constants[$0] }?.shape.count == rank
    }
  }

  /// Whether all that reads a signal `[N, length, channels]` brings its channels forward.
  private func turnsChannels(of input: String) -> Bool {
    let readers = nodes.filter { $0.inputs.contains(input) }
    return !readers.isEmpty && readers.allSatisfy { ($0.op as? Transpose)?.permutation == [0, 2, 1] }
  }
}

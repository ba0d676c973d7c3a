public import Kernels

extension Graph {
  /// The same network with some of its inputs fixed to known arrays.
  ///
  /// - Parameter values: arrays by the input's name, each of the input's shape.
  /// - Returns: The network without those inputs.
  /// - Throws: ``GraphError/wrongInput(name:expected:given:)``, ``GraphError/noSuchValue(_:)``.
  public func fixing(_ values: [String: NDArray]) throws(GraphError) -> Graph {
    var graph = self
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      guard let index = graph.inputs.firstIndex(where: { $0.name == name }) else { throw .noSuchValue(name) }
      let input = graph.inputs.remove(at: index)
      guard input.shape == value.shape else {
        throw .wrongInput(name: name, expected: input.shape, given: value.shape)
      }
      graph.constants[name] = value.asConstant()
    }
    return graph
  }
}

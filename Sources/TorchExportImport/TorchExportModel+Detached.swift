extension TorchExportModel {
  /// The values made of what is given that the program detaches (`torch.Tensor.detach`): there PyTorch's gradients stop.
  ///
  /// Detectors detach what their second head reads, so that it is trained alone; an explanation that stopped there would
  /// be blank. Here gradients are followed through.
  public var detachedValues: [String] {
    var variable = Set(inputs), detached: [String] = []
    for node in program.graph.nodes
    where node.arguments.contains(where: { $0.value.names.contains(where: variable.contains) }) {
      variable.formUnion(node.results)
      if node.target == "aten.detach" || node.target == "aten.detach_" { detached += node.results }
    }
    return detached
  }
}

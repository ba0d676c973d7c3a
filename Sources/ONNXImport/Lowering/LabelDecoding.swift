/// Networks that end in names rather than numbers, as converters of scikit-learn and Custom Vision write them.
extension ONNXModel {
  /// The network without what turns its numbers into names (`LabelEncoder` and `ZipMap` of the domain `ai.onnx.ml`), and the
  /// names in the order of the classes.
  ///
  /// - Returns: `nil` where no output is made so.
  public func endingBeforeNames() -> (model: ONNXModel, names: [String]?)? {
    let own = ["LabelEncoder", "ZipMap"]
    let decoders = nodes.filter { $0.domain == "ai.onnx.ml" && own.contains($0.type) }
    func decoder(of output: String) -> FileNode? { decoders.first { $0.outputs.contains(output) } }
    guard outputs.contains(where: { decoder(of: $0.name) != nil }) else { return nil }
    var kept: [ONNXValue] = []
    for output in outputs {
      let source = decoder(of: output.name).flatMap(\.inputs.first)
      let value = source.map { ONNXValue(name: $0, shape: nil, elementType: .float32) } ?? output
      if !kept.contains(where: { $0.name == value.name }) { kept.append(value) }
    }
    var model = self
    model.outputs = kept
    return (model, decoders.lazy.compactMap(\.classNames).first)
  }
}

extension FileNode {
  /// The names that it gives the classes 0, 1, 2 …; `nil` where these are not texts, or not so numbered.
  fileprivate var classNames: [String]? {
    if case .strings(let names)? = attributes["classlabels_strings"], !names.isEmpty { return names }
    guard case .integers(let keys)? = attributes["keys_int64s"],
      case .strings(let names)? = attributes["values_strings"],
      keys.count == names.count, keys.sorted() == Array(0..<keys.count)
    else { return nil }
    return zip(keys, names).sorted { $0.0 < $1.0 }.map(\.1)
  }
}

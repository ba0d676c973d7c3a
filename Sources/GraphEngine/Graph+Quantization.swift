extension Graph {
  /// Whether gradients go straight through roundings, which have none: the network is quantised.
  public var isQuantized: Bool { nodes.contains { $0.op is Quantization || $0.op is DynamicQuantization } }
}

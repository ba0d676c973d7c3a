import COneDNN

/// One pooling as oneDNN sees it.
struct PoolingPlan {
  let kind: limn_pooling_kind
  let geometry: PoolingGeometry
  /// The layout of the input, or of its gradient.
  let source: Layout
  /// `[N, C, …]` of the result, or of its cotangent.
  let output: [Int]

  func forward(keepsMaxima: Bool = false) throws -> Primitive {
    try Primitive.cached(key(.pooling, keepsMaxima ? 1 : 0)) {
      var specification = try specification()
      return try Primitive("pooling of \(source.shape)") { limn_pooling(&specification, keepsMaxima, $0) }
    }
  }

  func backward() throws -> Primitive {
    try Primitive.cached(key(.poolingBackward, 0)) {
      // The result lies as the forward pass prefers for this source, so that both primitives agree.
      var specification = try specification(
        destination: try forward(keepsMaxima: kind == LIMN_MAX_POOLING).layout(LIMN_DESTINATION, shape: output)
          .descriptor())
      return try Primitive("pooling gradient of \(source.shape)") { limn_pooling_backward(&specification, $0) }
    }
  }

  private func specification(destination: Descriptor? = nil) throws -> limn_pooling_specification {
    geometry.specification(
      kind, source: try source.descriptor(), destination: try destination ?? .any(output, source.precision),
      after: geometry.reachAfter(input: source.shape, output: output))
  }

  private func key(_ kind: PrimitiveKey.Kind, _ flag: Int) -> PrimitiveKey {
    PrimitiveKey(
      kind: kind, layouts: [source],
      numbers: output + geometry.numbers + [flag, Int(self.kind.rawValue)])
  }
}

/// A shape as people write it: `1 × 3 × 224 × 224`.
@_spi(Limn) public func spelled(_ shape: [Int]) -> String {
  shape.isEmpty ? "a scalar" : shape.map(String.init).joined(separator: " × ")
}

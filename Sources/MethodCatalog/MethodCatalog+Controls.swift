import AttributionKit
@_exported public import RandomMethod

extension MethodCatalog {
  /// Maps that owe nothing to the answer: what any other must beat.
  static let controls: [MethodDescriptor] = [
    Random.descriptor
  ]
}

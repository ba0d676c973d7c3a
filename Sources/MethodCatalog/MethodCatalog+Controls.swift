import AttributionKit
@_exported public import CenterMethod
@_exported public import RandomMethod
@_exported public import SobelMethod

extension MethodCatalog {
  /// Maps that owe nothing to the answer: what any other must beat.
  static let controls: [MethodDescriptor] = [
    Random.descriptor,
    Sobel.descriptor,
    Center.descriptor,
  ]
}

import AttributionKit
@_exported public import OcclusionMethod

extension MethodCatalog {
  /// Scores of changed images.
  static let perturbation: [MethodDescriptor] = [
    Occlusion.descriptor
  ]
}

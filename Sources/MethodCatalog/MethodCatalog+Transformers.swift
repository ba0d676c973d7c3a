import AttributionKit
@_exported public import AttentionMethod
@_exported public import AttentionRolloutMethod
@_exported public import BiAttnMethod
@_exported public import GenericAttentionMethod
@_exported public import LeGradMethod
@_exported public import TransformerAttributionMethod

extension MethodCatalog {
  /// What the tokens of a transformer attend to, and what the score makes of it.
  static let transformers: [MethodDescriptor] = [
    Attention.descriptor,
    AttentionRollout.descriptor,
    GenericAttention.descriptor,
    TransformerAttribution.descriptor,
    LeGrad.descriptor,
    BiAttn.descriptor,
  ]
}

import AttributionKit
@_exported public import AttnLRPMethod
@_exported public import CPLRPMethod
@_exported public import ExcitationBackpropMethod
@_exported public import LRPMethod
@_exported public import ReLUBetaSmoothMethod

extension MethodCatalog {
  /// The score handed back layer by layer, each by a rule.
  static let propagation: [MethodDescriptor] = [
    LRP.descriptor,
    AttnLRP.descriptor,
    CPLRP.descriptor,
    ExcitationBackprop.descriptor,
    ReLUBetaSmooth.descriptor,
  ]
}

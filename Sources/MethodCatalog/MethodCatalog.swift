public import AttributionKit

/// The methods built in, a file for each family.
public enum MethodCatalog {
  /// In the order they are listed to users.
  public static let methods = cams + gradients + propagation + perturbation + transformers + controls

  /// Those that need no passes but the ones that methods compared side by side share, and no attention, which most networks
  /// have none of.
  public static var quick: [MethodDescriptor] { methods.filter { $0.cost().isShared && $0.family != .transformers } }
}

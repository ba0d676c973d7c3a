public import AttributionKit

/// The methods built in, a file for each family.
public enum MethodCatalog {
  /// In the order they are listed to users.
  public static let methods = cams + gradients + propagation + perturbation + transformers + controls

  /// Those that are quick.
  public static var quick: [MethodDescriptor] { methods.filter(\.isQuick) }
}

extension MethodDescriptor {
  /// Whether it needs no passes but those that methods compared side by side share, and no attention, which most networks
  /// have none of.
  public var isQuick: Bool { cost().isShared && family != .transformers }
}

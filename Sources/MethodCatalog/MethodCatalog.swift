public import AttributionKit

/// The methods built in, a file for each family.
public enum MethodCatalog {
  /// In the order they are listed to users.
  public static let methods = cams + gradients + propagation + perturbation + controls

  /// Those that need no passes but the ones that methods compared side by side share.
  public static var quick: [MethodDescriptor] { methods.filter { $0.cost().isShared } }
}

public import Explaining

/// A network that people may ask about: opened when somebody first does.
public struct ServedNetwork: Sendable {
  /// What it is called in addresses and lists.
  public let name: String
  /// Where it lies on this computer, which is told to nobody; `nil` for one that is part of the program.
  let path: String?
  /// Pictures that belong to it.
  let scenes: [Picture]
  /// Opens it.
  public let open: @Sendable () throws -> Explainer

  /// A network.
  ///
  /// - Parameters:
  ///   - name: what it is called in addresses and lists; different from others'.
  ///   - path: the file or folder, where there is one.
  ///   - scenes: pictures that belong to it.
  ///   - open: opens it.
  public init(
    _ name: String, path: String? = nil, scenes: [Picture] = [], open: @escaping @Sendable () throws -> Explainer
  ) {
    (self.name, self.path, self.scenes, self.open) = (name, path, scenes, open)
  }
}

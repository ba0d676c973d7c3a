import Explaining

extension Catalogue {
  /// The same with the aliases of the user's configuration, which is read where expressions are.
  func withAliases() throws -> Catalogue {
    guard let aliases = try Configuration.ofUser().aliases else { return self }
    var named = self
    do { try named.name(aliases) } catch {
      throw Failure.badData("the configuration \(Configuration.path) cannot be used: \(error)")
    }
    return named
  }
}

import AttributionKit

extension Catalogue {
  /// What a method expression can name: the methods here, the ways to combine them, and the user's aliases.
  func vocabulary() throws -> MethodVocabulary {
    let words = MethodVocabulary(methods)
    guard let aliases = try Configuration.ofUser().aliases else { return words }
    do {
      if let hiding = aliases.keys.first(where: { $0.lowercased() == "all" }) {
        throw AttributionError.unusableAlias(hiding, reason: "'all' means every method; rename the alias")
      }
      return try words.naming(aliases)
    } catch let error as AttributionError {
      throw Failure.badData("the configuration \(Configuration.path) cannot be used: \(error)")
    }
  }
}

extension Set<String> {
  /// Adds a name that is not among these yet: the stem itself, or else `stem.2`, `stem.3`.
  ///
  /// - Returns: The name.
  package mutating func insert(fresh stem: String) -> String {
    var (name, number) = (stem, 1)
    while !insert(name).inserted {
      number += 1
      name = "\(stem).\(number)"
    }
    return name
  }
}

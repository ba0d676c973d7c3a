/// The `limit` names most like `name`, by how many letters must be added, dropped or replaced (Levenshtein's distance).
func nearestNames(to name: String, among candidates: [String], limit: Int) -> [String] {
  // Longer names than any real one would only make the quadratic distance slow.
  let wanted = Array(name.lowercased().utf8.prefix(128))
  let ranked = candidates.enumerated().map { place, candidate in
    (rank: (distance(wanted, Array(candidate.lowercased().utf8.prefix(128))), place), candidate: candidate)
  }
  return ranked.sorted { $0.rank < $1.rank }.prefix(limit).map(\.candidate)
}

private func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var row = Array(0...b.count)
  for (i, x) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, y) in b.enumerated() {
      let replaced = diagonal + (x == y ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
    }
  }
  return row[b.count]
}

/// The `limit` names most like `name`: those a slip or two away, then those that contain it or that it contains, then the
/// others, each by edit distance.
@_spi(Limn) public func nearest<Named>(
  to name: String, among candidates: [Named], limit: Int, by text: (Named) -> String
) -> [Named] {
  // Longer names than any real one would only make the quadratic distance slow.
  let wanted = Array(name.lowercased().utf8.prefix(128))
  let ranked = candidates.enumerated().map { index, candidate in
    let other = Array(text(candidate).lowercased().utf8.prefix(128))
    let isRelated = !wanted.isEmpty && (other.contains(wanted) || wanted.contains(other))
    let distance = editDistance(wanted, other)
    let kinship = wanted.count > 3 && distance <= 2 ? 0 : isRelated ? 1 : 2
    return (rank: (kinship, distance, index), candidate)
  }
  return ranked.sorted { $0.rank < $1.rank }.prefix(limit).map { $0.1 }
}

/// How many insertions, deletions and replacements turn one text into the other (Levenshtein's distance).
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var row = Array(0...b.count)
  for (i, x) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, y) in b.enumerated() {
      let replaced = diagonal + (x == y ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, min(row[j], diagonal) + 1)
    }
  }
  return row[b.count]
}

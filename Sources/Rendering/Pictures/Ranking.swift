extension [Float] {
  /// The number that would stand at `rank` if these numbers, none of them negative or NaN, were sorted.
  ///
  /// One count over all of them and a sort of a few: their bit patterns have the same order as the numbers.
  package func ranked(_ rank: Int) -> Float {
    var counts = [Int](repeating: 0, count: 1 << 16)
    for number in self { counts[Int(number.bitPattern >> 16)] += 1 }
    var (bin, before) = (0, 0)
    while before + counts[bin] <= rank {
      before += counts[bin]
      bin += 1
    }
    let candidates = filter { Int($0.bitPattern >> 16) == bin }.sorted()
    return candidates[rank - before]
  }
}

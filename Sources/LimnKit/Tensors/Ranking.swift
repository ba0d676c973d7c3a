extension [Float] {
  /// The numbers that would stand at `rank` and right after it if all were sorted; the last one twice.
  ///
  /// One count over all of them and a sort of a few: their bit patterns, those of negative numbers turned over, have the
  /// same order as the numbers.
  func neighbors(atRank rank: Int) -> (Float, Float) {
    func bin(of number: Float) -> Int {
      let bits = number.bitPattern
      return Int((bits >> 31 == 0 ? bits | 1 << 31 : ~bits) >> 16)
    }
    var counts = [Int](repeating: 0, count: 1 << 16)
    for number in self { counts[bin(of: number)] += 1 }
    var (first, before) = (0, 0)
    while before + counts[first] <= rank {
      before += counts[first]
      first += 1
    }
    var last = first
    // Where the next number lies in another bin.
    if before + counts[first] == rank + 1, rank + 1 < count { repeat { last += 1 } while counts[last] == 0 }
    let candidates = filter { first...last ~= bin(of: $0) }.sorted()
    let index = rank - before
    return (candidates[index], candidates[Swift.min(index + 1, candidates.count - 1)])
  }
}

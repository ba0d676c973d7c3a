/// How far two lists of numbers go together, from −1 to 1.
public enum Correlation {
  /// Pearson's: how nearly one list is a linear function of the other.
  ///
  ///     r = Σᵢ (aᵢ − ā)(bᵢ − b̄) / √(Σᵢ (aᵢ − ā)² · Σᵢ (bᵢ − b̄)²)
  ///
  /// - Returns: `nil` where the numbers of either are all alike, or some are not finite.
  public static func pearson(_ a: [Float], _ b: [Float]) -> Float? {
    precondition(a.count == b.count, "\(a.count) numbers beside \(b.count)")
    guard !a.isEmpty, !Tensor(a, shape: [a.count]).isFlat, !Tensor(b, shape: [b.count]).isFlat else { return nil }
    let count = Double(a.count)
    let (meanA, meanB) = (a.reduce(0.0) { $0 + Double($1) } / count, b.reduce(0.0) { $0 + Double($1) } / count)
    var (product, squareA, squareB) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
      let (dx, dy) = (Double(x) - meanA, Double(y) - meanB)
      product += dx * dy
      squareA += dx * dx
      squareB += dy * dy
    }
    let correlation = product / (squareA.squareRoot() * squareB.squareRoot())
    return correlation.isFinite ? Float(min(max(correlation, -1), 1)) : nil
  }

  /// Spearman's: Pearson's of the ranks, of which equal numbers share the mean of theirs.
  ///
  /// - Returns: `nil` where the numbers of either are all alike, or some are not finite.
  public static func spearman(_ a: [Float], _ b: [Float]) -> Float? {
    guard a.allSatisfy(\.isFinite), b.allSatisfy(\.isFinite) else { return nil }
    return pearson(ranks(of: a), ranks(of: b))
  }

  /// The place of each number if all were sorted ascending, from 1; equal numbers share the mean of their places.
  static func ranks(of numbers: [Float]) -> [Float] {
    let order = Tensor(numbers, shape: [numbers.count]).descendingOrder()
    var ranks = numbers, first = 0
    while first < order.count {
      var last = first
      while last + 1 < order.count, numbers[order[last + 1]] == numbers[order[first]] { last += 1 }
      // The last of the descending order is the first of the ascending one.
      let rank = Float(order.count) - Float(first + last) / 2
      for place in first...last { ranks[order[place]] = rank }
      first = last + 1
    }
    return ranks
  }

  /// The cosine of the angle between two lists, taken as vectors.
  ///
  ///     c = Σᵢ aᵢbᵢ / √(Σᵢ aᵢ² · Σᵢ bᵢ²)
  ///
  /// - Returns: `nil` where the numbers of either are all zero, or some are not finite.
  public static func cosine(_ a: [Float], _ b: [Float]) -> Float? {
    precondition(a.count == b.count, "\(a.count) numbers beside \(b.count)")
    var (product, squareA, squareB) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
      product += Double(x) * Double(y)
      squareA += Double(x) * Double(x)
      squareB += Double(y) * Double(y)
    }
    let cosine = product / (squareA.squareRoot() * squareB.squareRoot())
    return cosine.isFinite ? Float(min(max(cosine, -1), 1)) : nil
  }
}

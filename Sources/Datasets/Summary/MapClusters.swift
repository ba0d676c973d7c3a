import Foundation

/// Whether the maps of a class fall into two lots: the network may take pictures for the class for two reasons, one of which
/// nobody meant.
///
///     L = I − D^(−1/2) A D^(−1/2)
///
/// with the nearest neighbours of each map for `A`. Lots are as many as there are eigenvalues of almost zero; the maps are
/// parted by k-means in the first eigenvectors. Source: Lapuschkin et al., "Unmasking Clever Hans predictors",
/// Nature Communications 2019, arXiv:1902.10178 (SpRAy); Ng, Jordan and Weiss, NeurIPS 2001, for the parting.
package struct MapClusters: Sendable {
  /// Which of the two lots each map is in; the first is the larger.
  package let lots: [Int]
  /// The three smallest eigenvalues.
  package let eigenvalues: [Double]
  /// How much nearer maps are to their own lot than to the other, −1…1: the mean silhouette.
  package let separation: Float

  /// The fewest maps of which anything can be said.
  static let fewest = 12

  /// `nil` where the maps are one lot, or more than two, or the smaller is but a few.
  package init?(_ maps: [[Float]]) {
    let count = maps.count
    guard count >= Self.fewest else { return nil }
    let distances = maps.map { a in maps.map { b in 1 - zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } } }
    let neighbors = max(4, min(10, count / 6))
    var affinity = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
    for i in 0..<count {
      let nearest = (0..<count).filter { $0 != i }.sorted { (distances[i][$0], $0) < (distances[i][$1], $1) }
      for j in nearest.prefix(neighbors) { (affinity[i][j], affinity[j][i]) = (1, 1) }
    }
    let degrees = affinity.map { $0.reduce(0, +) }
    let laplacian = (0..<count).map { i in
      (0..<count).map { j in (i == j ? 1 : 0) - affinity[i][j] / (degrees[i] * degrees[j]).squareRoot() }
    }
    let (values, vectors) = SymmetricEigenvalues.of(laplacian)
    eigenvalues = values.prefix(3).map { max(0, $0) }
    // Lots that hardly touch have a second eigenvalue of almost zero; a third as small would be a third lot.
    guard eigenvalues[1] < 0.02, eigenvalues[2] > max(0.05, 4 * eigenvalues[1]) else { return nil }
    let points = (0..<count).map { i -> (Double, Double) in
      let (x, y) = (vectors[0][i], vectors[1][i]), length = max((x * x + y * y).squareRoot(), .leastNormalMagnitude)
      return (x / length, y / length)
    }
    let parted = Self.parted(points), second = parted.count { $0 == 1 }
    guard min(second, count - second) >= max(3, count / 20) else { return nil }
    lots = second > count - second ? parted.map { 1 - $0 } : parted
    separation = Self.silhouette(lots, distances)
    guard separation > 0.25 else { return nil }
  }

  /// Two means, begun at two points that lie far apart.
  private static func parted(_ points: [(Double, Double)]) -> [Int] {
    func distance(_ a: (Double, Double), _ b: (Double, Double)) -> Double {
      (a.0 - b.0) * (a.0 - b.0) + (a.1 - b.1) * (a.1 - b.1)
    }
    func farthest(from point: (Double, Double)) -> (Double, Double) {
      points.max { distance($0, point) < distance($1, point) } ?? point
    }
    var centers = [farthest(from: points[0])]
    centers.append(farthest(from: centers[0]))
    var lots = [Int](repeating: 0, count: points.count)
    for _ in 0..<50 {
      lots = points.map { distance($0, centers[0]) <= distance($0, centers[1]) ? 0 : 1 }
      for lot in 0..<2 {
        let own = points.indices.filter { lots[$0] == lot }.map { points[$0] }
        guard !own.isEmpty else { continue }
        centers[lot] = (
          own.reduce(0) { $0 + $1.0 } / Double(own.count), own.reduce(0) { $0 + $1.1 } / Double(own.count)
        )
      }
    }
    return lots
  }

  private static func silhouette(_ lots: [Int], _ distances: [[Float]]) -> Float {
    let all = lots.indices.map { i -> Float in
      func mean(_ lot: Int) -> Float {
        let others = lots.indices.filter { $0 != i && lots[$0] == lot }
        return others.isEmpty ? 0 : others.reduce(0) { $0 + distances[i][$1] } / Float(others.count)
      }
      let (own, other) = (mean(lots[i]), mean(1 - lots[i]))
      return max(own, other) > 0 ? (other - own) / max(own, other) : 0
    }
    return all.reduce(0, +) / Float(all.count)
  }
}

/// All eigenvalues of a symmetric matrix with their vectors, by Jacobi's rotations.
package enum SymmetricEigenvalues {
  /// - Returns: The values in ascending order, and for each its vector of length 1.
  package static func of(_ matrix: [[Double]]) -> (values: [Double], vectors: [[Double]]) {
    let count = matrix.count
    var a = matrix
    // Rows are the vectors.
    var v = (0..<count).map { i in (0..<count).map { $0 == i ? 1.0 : 0 } }
    for _ in 0..<60 {
      var rest = 0.0
      for p in 0..<count { for q in p + 1..<count { rest += a[p][q] * a[p][q] } }
      if rest < 1e-20 { break }
      for p in 0..<count - 1 {
        for q in p + 1..<count where abs(a[p][q]) > 1e-14 {
          let angle = (a[q][q] - a[p][p]) / (2 * a[p][q])
          let t = (angle < 0 ? -1 : 1) / (abs(angle) + (angle * angle + 1).squareRoot())
          let c = 1 / (t * t + 1).squareRoot(), s = t * c
          for k in 0..<count {
            let (x, y) = (a[k][p], a[k][q])
            (a[k][p], a[k][q]) = (c * x - s * y, s * x + c * y)
          }
          for k in 0..<count {
            let (x, y) = (a[p][k], a[q][k])
            (a[p][k], a[q][k]) = (c * x - s * y, s * x + c * y)
            let (m, n) = (v[p][k], v[q][k])
            (v[p][k], v[q][k]) = (c * m - s * n, s * m + c * n)
          }
        }
      }
    }
    let order = (0..<count).sorted { (a[$0][$0], $0) < (a[$1][$1], $1) }
    return (order.map { a[$0][$0] }, order.map { v[$0] })
  }
}

import Tensors

/// A point on its way from a baseline to an input, its scalars moving at different times.
///
/// In double precision, as in the paper's code: how far is left to go is a small difference of large sums.
struct AdaptivePath {
  private let start: [Double], end: [Double]
  private let shape: [Int]
  private let fraction: Double, deviation: Double
  private var x: [Double]
  private var gathered: [Double]
  /// The whole way, `|end − start|₁`.
  private let length: Double

  init(from start: Tensor, to end: Tensor, fraction: Float, deviation: Float) {
    shape = end.shape
    (self.start, self.end) = (start.scalars.map(Double.init), end.scalars.map(Double.init))
    (self.fraction, self.deviation) = (Double(fraction), Double(deviation))
    x = self.start
    gathered = x.map { _ in 0 }
    length = zip(self.start, self.end).reduce(0) { $0 + abs($1.0 - $1.1) }
  }

  var point: Tensor { Tensor(x.map(Float.init), shape: shape) }
  var attribution: Tensor { Tensor(gathered.map(Float.init), shape: shape) }
  /// Whether there is any way to go.
  var isMoving: Bool { length > 1e-9 }

  /// Moves on until `|end − x|₁` is what is left of the way at `progress`, gathering `g ⊙ dx`.
  mutating func move(to progress: Double, along gradient: Tensor) {
    let slopes = gradient.scalars.map(Double.init)
    let least = max(progress - deviation, 0), most = min(progress + deviation, 1)
    let target = length * (1 - progress)
    /// Sizes of gradients, infinite for what has moved as far as it may.
    var sizes = gradient.magnitudes()
    while true {
      let before = x
      defer { for i in x.indices { gathered[i] += (x[i] - before[i]) * slopes[i] } }
      // No scalar lags behind the corridor.
      for i in x.indices where start[i] != end[i] && place(of: i) < least { x[i] = point(i, at: least) }
      let distance = x.indices.reduce(0) { $0 + abs(end[$1] - x[$1]) }
      // As near as rounding lets it come; those that lagged behind may have taken it further.
      if distance - target <= 1e-9 * max(distance, target) { return }
      for i in x.indices where start[i] == end[i] || x[i] == point(i, at: most) { sizes[i] = .infinity }
      // The lower of the two neighbors of the quantile.
      let threshold = sizes.scalar(atRank: Int(fraction * Double(x.count - 1)))
      let chosen = x.indices.filter { sizes[$0] <= threshold && sizes[$0] < .infinity }
      guard !chosen.isEmpty else { return }
      let reachable = chosen.reduce(0) { $0 + abs(x[$1] - point($1, at: most)) }
      let share = reachable > 0 ? (distance - target) / reachable : .infinity
      for i in chosen { x[i] = share > 1 ? point(i, at: most) : x[i] + share * (point(i, at: most) - x[i]) }
      if share <= 1 { return }
    }
  }

  /// Where on its straight way the scalar is.
  private func place(of i: Int) -> Double { (x[i] - start[i]) / (end[i] - start[i]) }

  private func point(_ i: Int, at place: Double) -> Double { start[i] + (end[i] - start[i]) * place }
}

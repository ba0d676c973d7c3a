public import AttributionKit
import Tensors

/// ROAD, remove and debias: what becomes of the score as pixels are replaced by what their neighbours let one expect.
///
///     ½ · mean over shares of (y − y(MoRF)) + ½ · mean over shares of (y(LeRF) − y)
///
/// The shares of pixels are evenly many between none and all; MoRF removes those that matter most, LeRF those that matter
/// least. A removed pixel is the weighed mean of its eight neighbours, removed ones among them, and a little noise: no edge
/// tells the network which pixels were chosen.
public struct ROAD: AttributionMetric {
  public var order: RemovalOrder
  public var steps: Int
  public var noise: Float
  public var score: ScoreScale
  public var ties: Ties
  public var seed: UInt64

  /// What becomes of pixels of equal rank where not all of them are to be removed.
  public enum Ties: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// They are removed row by row, as many as there is room for.
    case apart
    /// All that lie at or above the percentile are removed, as pytorch-grad-cam has it.
    case together

    public var description: String { rawValue }
  }

  /// Which pixels are removed.
  public enum RemovalOrder: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// Those that matter most first.
    case morf
    /// Those that matter least first.
    case lerf
    /// Both, the mean of what they gain.
    case combined

    public var description: String { rawValue }
  }

  public init(
    order: RemovalOrder = .combined, steps: Int = 9, noise: Float = 0.01, score: ScoreScale = .probability,
    ties: Ties = .apart, seed: UInt64 = 0
  ) {
    (self.order, self.steps, self.noise) = (order, steps, noise)
    (self.score, self.ties, self.seed) = (score, ties, seed)
  }

  private var ends: [RemovalOrder] { order == .combined ? [.morf, .lerf] : [order] }

  /// A forward pass for every share and order.
  public func cost(ofJudging method: any AttributionMethod, on model: (any ModelAdapter)?) -> Cost {
    .forward(steps * ends.count)
  }

  /// - Throws: ``AttributionError/notAnImage(_:)``, ``AttributionError/wrongColors(_:channels:)``.
  public func result(for explanation: Explanation) throws -> MetricResult {
    let session = explanation.session, grid = try session.grid, planes = grid.planes(session.input)
    let extents = try session.colorExtents, importance = try explanation.importance()
    let count = importance.scalars.count
    let ranks = ends.map { $0 == .morf ? importance : -importance }
    let orders = ranks.map { $0.descendingOrder() }
    // One pixel stays at least, from which all others can be told.
    let removed = ranks.map { ranks in
      (1...steps).map { step in
        let share = Double(step) / Double(steps + 1)
        let pixels =
          ties == .together
          ? ranks.count(atOrAbovePercentile: 1 - share) : Int((share * Double(count)).rounded())
        return min(pixels, count - 1)
      }
    }
    let (scored, unit) = try session.scaled(to: score), whole = scored.score.value
    let scores = try scored.scores(of: orders.count * steps) { index in
      let pixels = orders[index / steps].prefix(removed[index / steps][index % steps])
      let imputation = LinearImputation(of: pixels, height: grid.height, width: grid.width)
      var generator = SplitMix64(seed: seed, stream: index)
      return grid.image(
        imputation.filled(planes) { channel in noise * extents[channel] * generator.gaussian() })
    }
    let curves = ends.enumerated().map { end, order in
      let start = end * steps
      return MetricCurve(
        order.rawValue, places: "share of pixels removed", values: unit,
        x: [0] + removed[end].map { Float($0) / Float(count) }, y: [whole] + scores[start..<start + steps])
    }
    let gains = zip(ends, curves).map { order, curve in
      let mean = curve.y.dropFirst().reduce(0, +) / Float(steps)
      return order == .morf ? whole - mean : mean - whole
    }
    return MetricResult(gains.reduce(0, +) / Float(gains.count), curves: curves)
  }
}

extension Tensor {
  /// How many values lie at or above a percentile, which is interpolated between the two nearest values.
  fileprivate func count(atOrAbovePercentile share: Double) -> Int {
    let sorted = scalars.sorted(), place = share * Double(sorted.count - 1), lower = Int(place)
    let upper = sorted[min(lower + 1, sorted.count - 1)]
    let threshold = Double(sorted[lower]) + (place - Double(lower)) * (Double(upper) - Double(sorted[lower]))
    return sorted.count { Double($0) >= threshold }
  }
}

extension ROAD {
  public static let descriptor = MetricDescriptor(
    "road", title: "ROAD", family: .faithfulness,
    summary: "How much more the score loses with the pixels that matter most than with those that matter least.",
    citation: "Rong, Leemann, Borisov, Kasneci & Kasneci, ICML 2022, arXiv:2202.00449", better: .higher,
    range: -1...1, prototype: ROAD(),
    parameters: [
      Parameter("order", \.order, help: "which pixels are removed", among: RemovalOrder.allCases),
      Parameter(
        "steps", \.steps, help: "how many shares of the pixels are removed, evenly between none and all",
        expected: "a whole number from 1 to 1000"
      ) { (1...1000).contains($0) },
      Parameter(
        "noise", \.noise, help: "the deviation of the noise, as a share of the range from black to white",
        expected: "a number from 0"
      ) { $0 >= 0 },
      .score(\.score),
      Parameter(
        "ties", \.ties, help: "whether pixels of equal rank are removed one by one or all at once", among: Ties.allCases
      ),
      .seed(\.seed, of: "the noise"),
    ])
}

import AttributionKit
import Tensors

/// A performance information curve: what a network makes of an image that is sharp only where the map is strongest, over the
/// information that there is in it.
///
/// Both are shares of the way from the blurred image to the image itself, and the performance is the best so far.
enum InformationCurve {
  case curve(MetricCurve)
  /// There is no way from the blurred image to the image itself; why, in a clause.
  case none(String)

  /// The shares of the pixels that are sharp.
  private static let shares: [Float] = [0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.07, 0.1, 0.13, 0.21, 0.34, 0.5, 0.75]

  /// How many images are run: the blurred one, and those between it and the image itself.
  static var passes: Int { shares.count + 1 }

  /// The mean of the performance over the information, if there is one.
  func result(remarks: [String]) -> MetricResult {
    switch self {
    case .none(let reason): .undefined(reason)
    case .curve(let curve): MetricResult(curve.mean, curves: [curve], remarks: remarks)
    }
  }

  /// - Parameters:
  ///   - explanation: What is judged.
  ///   - scored: The same run, asked for the performance.
  ///   - cover: The blurred image, in the input's shape.
  ///   - name: What a legend calls the curve.
  ///   - unit: What the performance is.
  /// - Throws: ``AttributionError/notAnImage(_:)``; whatever the model throws.
  init(
    of explanation: Explanation, in scored: ExplanationSession, over cover: Tensor, named name: String, of unit: String
  ) throws {
    let session = explanation.session, grid = try session.grid
    let order = try explanation.importance().descendingOrder()
    let sharp = ([0] + Self.shares).map { Int(($0 * Float(order.count)).rounded()) }
    let pictures = try PictureInformation(of: session)
    let all = pictures.bits(of: grid.planes(session.input)), best = scored.score.value
    var bits = Array(repeating: 0.0, count: sharp.count)
    let scores = try scored.scores(of: sharp.count) { index in
      var mask = Tensor(repeating: 0, shape: [grid.height, grid.width])
      for pixel in order.prefix(sharp[index]) { mask[pixel] = 1 }
      let image = grid.masked(session.input, by: mask, over: cover)
      bits[index] = pictures.bits(of: grid.planes(image))
      return image
    }
    guard all > bits[0] else {
      self = .none("the blurred image holds as much information as the image")
      return
    }
    guard best > scores[0] else {
      self = .none("the network makes no less of the blurred image than of the image")
      return
    }
    func share(_ part: Double) -> Float { Float(min(max(part, 0), 1)) }
    var reached: Float = 0
    let points = sharp.indices.dropFirst().map { index -> (x: Float, y: Float) in
      reached = max(reached, share(Double(scores[index] - scores[0]) / Double(best - scores[0])))
      return (share((bits[index] - bits[0]) / (all - bits[0])), reached)
    }
    // Information does not always grow with the pixels that are sharp.
    let way = [(x: 0, y: 0)] + points.sorted { ($0.x, $0.y) < ($1.x, $1.y) } + [(x: Float(1), y: Float(1))]
    self = .curve(
      MetricCurve(name, places: "share of information", values: unit, x: way.map(\.x), y: way.map(\.y)))
  }
}

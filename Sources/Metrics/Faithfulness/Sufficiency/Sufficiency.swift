public import AttributionKit
import Tensors

/// Sufficiency: how many of the images with a like map are of the same class.
///
///     m(x) = |{x' : d(a(x), a(x')) ≤ θ, y(x') = y(x)}| / |{x' : d(a(x), a(x')) ≤ θ}|,    x' ≠ x
///
/// `a` is the size of the balance, divided by its largest; `d` is the Euclidean distance, each place in units of its deviation
/// over all images, divided by the largest distance between any two of them. `y` is the class explained.
public struct Sufficiency: CollectiveMetric {
  public var threshold: Float
  public var alone: Alone

  /// What an image has that none other has a map like.
  public enum Alone: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// No number: there is nothing to share.
    case undefined
    /// Zero, as Quantus has it.
    case zero

    public var description: String { rawValue }
  }

  public init(threshold: Float = 0.6, alone: Alone = .undefined) { (self.threshold, self.alone) = (threshold, alone) }

  /// Maps finer than this are averaged, so that those of many images can be kept.
  private static let side = 32

  /// - Throws: ``AttributionError/notAnImage(_:)``.
  public func trace(of explanation: Explanation) throws -> MetricTrace {
    let sizes = try explanation.balance().magnitudes()
    let (height, width) = (min(sizes.shape[0], Self.side), min(sizes.shape[1], Self.side))
    let map = sizes.meanPooled(height: height, width: width), largest = map.scalars.max() ?? 0
    return MetricTrace(
      largest > 0 && largest.isFinite ? 1 / largest * map : map, classIndex: explanation.session.score.classIndex)
  }

  public func results(for traces: [MetricTrace]) -> [MetricResult] {
    guard traces.count > 1 else {
      return traces.map { _ in .undefined("images are held against each other, and there is one") }
    }
    let distances = Distances(between: traces.map(\.map))
    return traces.indices.map { own in
      guard traces[own].map.scalars.allSatisfy(\.isFinite) else {
        return .undefined("not all values of the map are finite")
      }
      guard traces[own].map.scalars.contains(where: { $0 > 0 }) else { return .undefined("the map is empty") }
      let alike = traces.indices.filter { $0 != own && distances[own, $0] <= threshold }
      guard !alike.isEmpty else {
        return alone == .zero ? MetricResult(0) : .undefined("no other image has a map like it")
      }
      let agreeing = alike.count { traces[$0].classIndex == traces[own].classIndex }
      return MetricResult(
        Float(agreeing) / Float(alike.count),
        remarks: ["\(alike.count) of \(traces.count - 1) other images have a map like it"])
    }
  }
}

/// How far maps are from each other, from 0 to 1.
private struct Distances {
  private let count: Int
  private let values: [Float]

  /// Where maps are of different shapes, or a value is not finite, they are as far as can be.
  init(between maps: [Tensor]) {
    count = maps.count
    let usable = maps.indices.filter { maps[$0].shape == maps[0].shape && maps[$0].scalars.allSatisfy(\.isFinite) }
    // In units of each place's deviation; a place that never changes tells nothing apart.
    let scales = (0..<maps[0].scalars.count).map { place -> Double in
      let column = usable.map { Double(maps[$0][place]) }, mean = column.reduce(0, +) / Double(max(1, column.count))
      let variance = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, column.count))
      return variance > 0 ? 1 / variance : 0
    }
    var distances = [Double](repeating: .infinity, count: count * count)
    for i in usable {
      for j in usable where j <= i {
        let square = scales.indices.reduce(0.0) { sum, place in
          let difference = Double(maps[i][place]) - Double(maps[j][place])
          return sum + scales[place] * difference * difference
        }
        distances[i * count + j] = square.squareRoot()
        distances[j * count + i] = square.squareRoot()
      }
    }
    let largest = distances.filter(\.isFinite).max() ?? 0
    values = distances.map { largest > 0 ? Float($0 / largest) : Float($0) }
  }

  subscript(i: Int, j: Int) -> Float { values[i * count + j] }
}

extension Tensor {
  /// A map `[height, width]` whose places are the means of those that fall into them.
  fileprivate func meanPooled(height: Int, width: Int) -> Tensor {
    guard shape != [height, width] else { return self }
    var (sums, counts) = ([Double](repeating: 0, count: height * width), [Int](repeating: 0, count: height * width))
    for (index, value) in scalars.enumerated() {
      let place = index / shape[1] * height / shape[0] * width + index % shape[1] * width / shape[1]
      sums[place] += Double(value)
      counts[place] += 1
    }
    return Tensor(zip(sums, counts).map { Float($0 / Double($1)) }, shape: [height, width])
  }
}

extension Sufficiency {
  public static let descriptor = MetricDescriptor(
    "sufficiency", title: "Sufficiency", family: .faithfulness,
    summary: "How many of the other images with a like map are of the same class.",
    citation: "Dasgupta, Frost & Moshkovitz, ICML 2022, arXiv:2202.00734", better: .higher, range: 0...1,
    prototype: Sufficiency(),
    parameters: [
      .share("threshold", \.threshold, help: "how far apart like maps are at most, as a share of the largest distance"),
      Parameter("alone", \.alone, help: "what an image has that none other has a map like", among: Alone.allCases),
    ])
}

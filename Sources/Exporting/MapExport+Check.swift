import AttributionKit
import Foundation
import GraphAdapter
import GraphEngine
import Kernels
import ONNXImport
import Tensors

extension MapExport {
  /// The deviation from which on a map is another one.
  ///
  /// Kinks of a deep network, some of which lie within rounding of every image, move gradients by a few thousandths; what is
  /// written wrongly is off by more.
  static let tolerance: Float = 1e-2

  /// How far the map of a file is from the method's own, as a share of its largest magnitude: on noise, which no recording
  /// has seen, and where the file takes several images on two side by side.
  ///
  /// `count` is how many scalars a map has. Rounding may put a unit of the network on the other side of a kink, and the gradient is another then: what is wrong is so
  /// for all images, and the best of a few tells.
  ///
  /// - Throws: Where the file cannot be read again or run.
  static func deviation(
    of data: Data, from request: MapExportRequest, _ model: GraphModel, isBatchOpen: Bool, count: Int
  ) throws -> Float {
    var best = Float.infinity, isSeen = false, isPositive = false
    for seed in stride(from: UInt64(100), through: 500, by: 100) where best > 1e-4 || !isSeen {
      let found = try deviation(
        of: data, from: request, model, isBatchOpen: isBatchOpen, count: count, seed: seed, isPositive: isPositive)
      // A network that takes roots or logarithms of the image has no numbers for negative ones.
      isPositive = isPositive || found.isUndefined
      // Two maps of nothing agree, whatever else is wrong.
      if found.isNothing, found.distance == 0 { continue }
      (best, isSeen) = (min(best, found.distance), true)
    }
    return isSeen ? best : 0
  }

  /// The same for one pair of images.
  private static func deviation(
    of data: Data, from request: MapExportRequest, _ model: GraphModel, isBatchOpen: Bool, count: Int, seed: UInt64,
    isPositive: Bool
  ) throws -> Comparison {
    let shape = model.input.shape
    let images = (0..<UInt64(isBatchOpen ? 2 : 1)).map {
      let noise = Tensor(gaussianNoise: shape, seed: seed + $0).blurred(deviation: 1)
      return isPositive ? noise.sigmoid() : noise
    }
    let folder = URL(fileURLWithPath: request.path).deletingLastPathComponent()
    let file = try ONNXModel(decoding: data, externalData: folder)
    var (expected, chosen): ([Float], [Float]) = ([], [])
    for image in images {
      let (target, index) = try target(request, of: model, on: image)
      chosen.append(Float(index))
      let session: ExplanationSession
      do {
        session = try ExplanationSession(of: model, on: image, for: target, options: request.options)
      } catch AttributionError.emptyRegion {
        expected += Array(repeating: 0, count: count)
        continue
      }
      let attribution = try request.method.attribution(in: session)
      var values = attribution.values
      if request.isStretched, attribution.isMap, let grid = ImageGrid(shape) {
        values = values.resized(height: grid.height, width: grid.width)
      }
      expected += values.scalars
    }
    var fixed: [String: NDArray] = [:]
    if case .open(.chosen) = request.target {
      fixed[NetworkFileCopy.targetName] = NDArray(chosen, shape: [chosen.count])
    }
    let graph = try file.graph(batch: images.count, output: NetworkFileCopy.mapName, fixed: fixed)
    let plan = try Plan(graph, engine: model.engine)
    let input = NDArray(images.flatMap(\.scalars), shape: [images.count] + shape)
    let found = try model.engine.run { try plan.outputs(for: [input])[0].scalars }
    return Comparison(of: found, with: expected)
  }

  /// How far a map is from the one that it should be.
  private struct Comparison {
    var distance = Float.infinity
    /// Whether the map that it should be is zero: a class that is predicted nowhere.
    var isNothing = false
    /// Whether that holds what is no number.
    var isUndefined = false

    init(of found: [Float], with expected: [Float]) {
      isUndefined = !expected.allSatisfy(\.isFinite)
      guard found.count == expected.count, !isUndefined, found.allSatisfy(\.isFinite) else { return }
      let largest = expected.reduce(Float(0)) { max($0, abs($1)) }
      let difference = zip(found, expected).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
      (distance, isNothing) = (difference / max(largest, .leastNormalMagnitude), largest == 0)
    }
  }

  /// What is asked of one image, and the class that it is about where that is given.
  private static func target(
    _ request: MapExportRequest, of model: GraphModel, on image: Tensor
  ) throws -> (any AttributionKit.Target, Int) {
    switch request.target {
    case .score(let target): return (target, 0)
    case .open(let open):
      let hasPlaces = model.outputs[0].shape.count == 3, own = RankedLogit.prediction
      let overall: any AttributionKit.Target = hasPlaces ? RegionMean(of: own) : own
      let session = try ExplanationSession(of: model, on: image, for: overall)
      let link = session.outputs.link, logits = session.logits
      let scores = hasPlaces ? PlaceShares.shares(of: logits, link ?? .softmax) : logits
      let best = scores.descendingOrder()[0]
      let count = scores.shape.reduce(1, *)
      // Another class than the one predicted, so that a file that ignores the choice is found out; of a segmentation the
      // same, as others may be nowhere.
      let other = open == .chosen && !hasPlaces ? (best + 1) % count : best
      let threshold = hasPlaces ? PlaceShares.half(of: logits.shape[1] * logits.shape[2]) : link?.threshold ?? 0
      let isNegative = open == .prediction && count == 1 && scores[0] < threshold
      let logit = ClassLogit(index: other), asked: any AttributionKit.Target = isNegative ? Opposite(of: logit) : logit
      return hasPlaces ? (RegionMean(of: asked, over: .predicted), other) : (asked, other)
    }
  }
}

import AttributionKit
import Foundation
import GraphAdapter
import GraphEngine
import Kernels
import ONNXImport
import Tensors

extension MapExport {
  /// How far the map of a file is from the method's own, as a share of its largest magnitude: on noise, which no recording
  /// has seen, and where the file takes several images on two side by side.
  ///
  /// Rounding may put a unit of the network on the other side of a kink, and the gradient is another then: what is wrong is so
  /// for all images, and the best of a few tells.
  ///
  /// - Throws: Where the file cannot be read again or run.
  static func deviation(
    of data: Data, from request: MapExportRequest, _ model: GraphModel, isBatchOpen: Bool
  ) throws -> Float {
    var best = Float.infinity
    for seed in stride(from: UInt64(100), through: 500, by: 100) where best > 1e-4 {
      best = try min(best, deviation(of: data, from: request, model, isBatchOpen: isBatchOpen, seed: seed))
    }
    return best
  }

  private static func deviation(
    of data: Data, from request: MapExportRequest, _ model: GraphModel, isBatchOpen: Bool, seed: UInt64
  ) throws -> Float {
    let shape = model.input.shape
    let images = (0..<UInt64(isBatchOpen ? 2 : 1)).map {
      Tensor(gaussianNoise: shape, seed: seed + $0).blurred(deviation: 1)
    }
    let folder = URL(fileURLWithPath: request.path).deletingLastPathComponent()
    let file = try ONNXModel(decoding: data, externalData: folder)
    var (expected, chosen): ([Float], [Float]) = ([], [])
    for image in images {
      let (target, index) = try target(request, of: model, on: image)
      let session = try ExplanationSession(of: model, on: image, for: target, options: request.options)
      let attribution = try request.method.attribution(in: session)
      var values = attribution.values
      if request.isStretched, attribution.isMap, let grid = ImageGrid(shape) {
        values = values.resized(height: grid.height, width: grid.width)
      }
      expected += values.scalars
      chosen.append(Float(index))
    }
    var fixed: [String: NDArray] = [:]
    if case .open(.chosen) = request.target {
      fixed[NetworkFileCopy.targetName] = NDArray(chosen, shape: [chosen.count])
    }
    let graph = try file.graph(batch: images.count, output: NetworkFileCopy.mapName, fixed: fixed)
    let plan = try Plan(graph, engine: model.engine)
    let input = NDArray(images.flatMap(\.scalars), shape: [images.count] + shape)
    let found = try model.engine.run { try plan.outputs(for: [input])[0].scalars }
    guard found.count == expected.count else { return .infinity }
    let largest = expected.reduce(Float(0)) { max($0, abs($1)) }
    let distance = zip(found, expected).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
    return found.allSatisfy(\.isFinite) ? distance / max(largest, .leastNormalMagnitude) : .infinity
  }

  /// What is asked of one image, and the class that it is about where that is given.
  private static func target(
    _ request: MapExportRequest, of model: GraphModel, on image: Tensor
  ) throws -> (any AttributionKit.Target, Int) {
    switch request.target {
    case .score(let target): return (target, 0)
    case .open(let open):
      let session = try ExplanationSession(of: model, on: image, for: RankedLogit.prediction)
      let scores = session.logits.scalars, best = session.logits.descendingOrder()[0]
      // Another class than the one predicted, so that a file that ignores the choice is found out.
      let other = open == .chosen ? (best + 1) % scores.count : best
      let isNegative = open == .prediction && scores.count == 1 && scores[0] < (session.outputs.link?.threshold ?? 0)
      let logit = ClassLogit(index: other)
      return (isNegative ? Opposite(of: logit) : logit, other)
    }
  }
}

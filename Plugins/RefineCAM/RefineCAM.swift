public import AttributionKit
import GradCAMPlusPlusMethod
import Tensors

/// RefineCAM: where the maps of several layers agree, in the detail of the shallowest.
///
///     M = Πₗ U(R(mₗ) / max R(mₗ))
///
/// `mₗ` is Grad-CAM++ on the last layer of each grid, from the deepest up, and `U` stretches it over the finest of them.
public struct RefineCAM: AttributionMethod {
  /// The deepest of the layers.
  public var targetLayer: TargetLayer
  /// How many grids are taken, the deepest among them.
  public var grids: Int

  public init(targetLayer: TargetLayer = .automatic, grids: Int = 3) {
    self.targetLayer = targetLayer
    self.grids = grids
  }

  /// On the finest of the grids; nowhere negative, and at most 1.
  ///
  /// - Throws: ``AttributionError/unusableParameter(_:value:method:expected:)`` for less than one grid.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    guard grids > 0 else {
      throw AttributionError.unusableParameter(
        "grids", value: "\(grids)", method: "refine-cam", expected: "a whole number from 1")
    }
    let deepest = try targetLayer.resolve(in: session.model)
    let layers = session.model.lastLayersOfGrids(upTo: deepest).suffix(grids), finest = layers[layers.startIndex]
    var product = Tensor(repeating: 1, shape: Array(finest.shape.suffix(2)))
    // The deepest first, so that one walk back serves all.
    for layer in layers.reversed() {
      let map = try GradCAMPlusPlus().map(on: layer, in: session).rectified()
      let greatest = map.scalars.max() ?? 0
      let scaled = greatest > 0 ? map.map { $0 / greatest } : map
      product = product * scaled.resized(height: product.shape[0], width: product.shape[1])
    }
    return Attribution(
      product, at: finest, facts: [.remark("the product of the maps on \(layers.map(\.name).joined(separator: ", "))")])
  }
}

extension RefineCAM {
  public static let descriptor = MethodDescriptor(
    "refine-cam", title: "RefineCAM", family: .cams,
    summary: "Places on which the maps of several layers agree, in fine detail.",
    citation: "Domeniconi et al., 2026, arXiv:2605.14641", needs: [.gradients, .spatialLayer], prototype: RefineCAM(),
    parameters: [
      .layer(\.targetLayer),
      Parameter(
        "grids", \.grids, help: "how many grids are taken, from the deepest up", expected: "a whole number from 1"
      ) { $0 >= 1 },
    ])
}

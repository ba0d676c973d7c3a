public import AttributionKit
import GraphEngine

extension GraphModel: DisconnectableModel {
  public func disconnected(rows: Int, columns: Int) throws -> any ModelAdapter {
    guard rows > 0, columns > 0, rows * columns > 1 else {
      throw AttributionError.cannotDisconnect("a mosaic has two cells or more")
    }
    guard inputs.count == 1, let layer = automaticLayer?.layer, layouts[layer.name]?.isPlain == true else {
      throw AttributionError.cannotDisconnect("no layer of it holds [channels, height, width] behind a single image")
    }
    guard case .classes = explained.kind, values.count == 1, plan.shape(of: values[0])?.count == 2 else {
      throw AttributionError.cannotDisconnect("it does not answer with one row of scores of classes")
    }
    let plans = plans
    return try GraphModel(
      plan.disconnected(at: layer.name, rows: rows, columns: columns), precision: precision, engine: engine
    ) { images in
      guard let plan = plans.plan(for: images) else { throw GraphError.noSuchValue(layer.name) }
      return try plan.disconnected(at: layer.name, rows: rows, columns: columns)
    }
  }
}

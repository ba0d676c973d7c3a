public import AttributionKit
import GraphEngine

extension GraphModel: WorkMeasuringModel {
  /// Counted in multiplications and additions.
  public func shareOfWork(after layer: Layer) -> Double { plan.shareOfWork(after: layer.name) }
}

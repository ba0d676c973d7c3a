/// A model that can tell where in the network its work is done, so that the cost of running on from a layer is known.
public protocol WorkMeasuringModel: ModelAdapter {
  /// The share of the work of a forward pass that is done after `layer`, from 0 to 1; 0 for a layer that is none.
  func shareOfWork(after layer: Layer) -> Double
}

public import AttributionKit
import GraphEngine
import Kernels
import Tensors

/// Weights are drawn anew from the layer's own: each array of them is put in another order.
///
/// Every array keeps its mean, its deviation and all else of its distribution, whatever shape that has; variances stay
/// positive, whole numbers whole. The channels of a normalisation stay whole, too: its scales, shifts, means and variances
/// are put in one and the same order.
extension GraphModel: RandomizableModel {
  public var weightedLayers: [Layer] {
    let named = Dictionary(layers.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    return plan.trainedLayers.reversed().compactMap { named[$0.step.name] }
  }

  public func randomized(_ layers: [Layer], seed: UInt64) throws -> any ModelAdapter {
    let trained = plan.trainedLayers, names = Set(layers.map(\.name))
    if let stranger = names.subtracting(trained.map(\.step.name)).sorted().first {
      throw AttributionError.noWeights(stranger, nearest: Array(weightedLayers.prefix(3)))
    }
    var exchanged: [WeightPlace: NDArray] = [:]
    for (index, layer) in trained.enumerated() where names.contains(layer.step.name) {
      var seeds = SplitMix64(seed: seed, stream: index)
      for group in layer.groups {
        let generator = SplitMix64(seed: seeds.next())
        for place in group {
          guard let array = plan.constant(at: place) else { continue }
          var scalars = array.scalars, own = generator
          own.shuffle(&scalars)
          exchanged[place] = NDArray(scalars, shape: array.shape).asConstant()
        }
      }
    }
    return try GraphModel(self, exchanging: exchanged)
  }
}

extension SplitMix64 {
  /// Puts numbers into an order, each as probable as any other (Fisher and Yates).
  fileprivate mutating func shuffle(_ scalars: inout [Float]) {
    scalars.withUnsafeMutableBufferPointer { scalars in
      for last in stride(from: scalars.count - 1, to: 0, by: -1) { scalars.swapAt(last, below(last + 1)) }
    }
  }
}

public import AttributionKit
import GraphEngine
import Kernels
import Synchronization

extension GraphModel {
  /// Looked for once, when first asked, in the weights alone: what is infinite on purpose, such as a mask, is none.
  public var damagedLayer: Layer? {
    damage.layer.withLock { known in
      if let known { return known }
      let name = plan.trainedLayers.first { layer in
        layer.groups.joined().contains { plan.constant(at: $0)?.isSound == false }
      }?.step.name
      let layer = layers.first { $0.name == name }
      known = .some(layer)
      return layer
    }
  }

  public var plannedSteps: [Step]? { layers.compactMap { steps[$0.name] } }
}

/// What was found of a network's weights, which all views of the same network share.
final class Damage: Sendable {
  /// The first layer whose weights hold numbers that are none, once somebody has asked.
  let layer = Mutex<Layer??>(nil)
}

extension NDArray {
  /// Whether all numbers can be weights; among those that are added along one axis some may be −∞, which rules out classes.
  fileprivate var isSound: Bool {
    if isFinite { return true }
    let numbers = scalars, isAdded = shape.count { $0 > 1 } == 1
    return isAdded && numbers.contains(where: \.isFinite) && numbers.allSatisfy { $0.isFinite || $0 == -.infinity }
  }

  /// Whether no scalar is infinite or no number: none has an exponent of ones alone.
  fileprivate var isFinite: Bool {
    withScalars { scalars in
      scalars.reduce(0 as UInt32) { $0 | (($1.bitPattern & 0x7F80_0000) &+ 0x0080_0000) } & 0x8000_0000 == 0
    }
  }
}

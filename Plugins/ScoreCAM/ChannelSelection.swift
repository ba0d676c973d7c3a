import AttributionKit
import Tensors

/// The channels that are used as masks.
public enum ChannelSelection: Hashable, Sendable, LosslessStringConvertible {
  /// Every one that is not the same everywhere.
  case all
  /// As many, of the greatest variance (Faster-Score-CAM).
  case most(Int)

  public init?(_ description: String) {
    if description == "all" {
      self = .all
    } else if let count = Int(description), count > 0 {
      self = .most(count)
    } else {
      return nil
    }
  }

  public var description: String {
    switch self {
    case .all: "all"
    case .most(let count): "\(count)"
    }
  }

  static let expected = "all, or a whole number from 1"

  /// The numbers of the channels of `activation` that are used, ascending; never one that is the same everywhere.
  ///
  /// - Throws: ``AttributionError/unusableParameter(_:value:method:expected:)`` for less than one channel.
  func channels(of activation: Tensor) throws -> [Int] {
    if case .most(let count) = self, count < 1 {
      throw AttributionError.unusableParameter("top", value: "\(count)", method: "score-cam", expected: Self.expected)
    }
    let varied = (0..<activation.shape[0]).filter { !activation.channel($0).isFlat }
    guard case .most(let count) = self, count < varied.count else { return varied }
    let order = activation.spatialVariance().descendingOrder()
    let chosen = Set(varied)
    return order.filter(chosen.contains).prefix(count).sorted()
  }
}

public import AttributionKit
public import Tensors

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

  /// What can be written for it, as a parameter's description lists it.
  public static let expected = "all, or a whole number from 1"

  /// The numbers of the channels of `activation` that are used, ascending; never one that is the same everywhere.
  ///
  /// - Parameters:
  ///   - activation: `[channels, height, width]`.
  ///   - method: Who asks, for the error.
  /// - Returns: At most as many as there are channels; none where all are flat.
  /// - Throws: ``AttributionError/unusableParameter(_:value:method:expected:)`` for less than one channel.
  public func channels(of activation: Tensor, for method: String) throws -> [Int] {
    if case .most(let count) = self, count < 1 {
      throw AttributionError.unusableParameter("top", value: "\(count)", method: method, expected: Self.expected)
    }
    let varied = (0..<activation.shape[0]).filter { !activation.channel($0).isFlat }
    guard case .most(let count) = self, count < varied.count else { return varied }
    let order = activation.spatialVariance().descendingOrder()
    let chosen = Set(varied)
    return order.filter(chosen.contains).prefix(count).sorted()
  }

  /// How many of so many channels are used at most; `nil` where that depends on a number that is not known.
  public func count(of channels: Int?) -> Int? {
    switch self {
    case .all: channels
    case .most(let most): min(most, channels ?? most)
    }
  }

  /// What a method says of itself that does not use every channel of `layer`.
  ///
  /// - Throws: As ``channels(of:for:)``.
  public func facts(on layer: Layer, in session: ExplanationSession, for method: String) throws -> [Fact] {
    let used = try channels(of: session.activation(at: layer), for: method).count
    return used < layer.shape[0] ? [.remark("\(used) of \(layer.shape[0]) channels were used as masks")] : []
  }
}

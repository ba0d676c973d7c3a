import AttributionKit
import Tensors

/// How Poly-CAM weighs channels.
public enum MaskedWeights: String, Hashable, Sendable, CaseIterable, LosslessStringConvertible {
  /// PCAM⁺: what the image shown through the channel scores more than an empty one, `y(x ⊙ Hₖ) − y(0)`.
  case plus
  /// PCAM⁻: what the score loses where the channel hides the image, `R(y(x) − y(x ⊙ (1 − Hₖ)))`.
  case minus
  /// PCAM±: the sum of both.
  case both

  public init?(_ description: String) { self.init(rawValue: description) }

  public var description: String { rawValue }

  static var expected: String { allCases.map(\.rawValue).joined(separator: ", ") }

  var showsChannels: Bool { self != .minus }
  var hidesChannels: Bool { self != .plus }

  /// How many images are scored for each channel.
  var passes: Int { self == .both ? 2 : 1 }

  /// The weight of each channel of an activation, zero for those that are not used: `[channels]`.
  func values(
    of a: Tensor, _ channels: [Int], against empty: Float, in session: ExplanationSession
  ) throws -> Tensor {
    let grid = try session.grid
    let scores = try session.scores(of: channels.count * passes) { index in
      let mask = a.channel(channels[index / passes]).resized(height: grid.height, width: grid.width).scaledToUnit()
      let isHidden = hidesChannels && index % passes == passes - 1
      return grid.masked(session.input, by: isHidden ? 1 + -mask : mask)
    }
    var weights = Tensor(repeating: 0, shape: [a.shape[0]])
    for (index, k) in channels.enumerated() {
      if showsChannels { weights[k] += scores[index * passes] - empty }
      if hidesChannels { weights[k] += max(0, session.score.value - scores[index * passes + passes - 1]) }
    }
    return weights
  }
}

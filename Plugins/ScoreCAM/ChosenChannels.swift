import AttributionKit
public import Tensors

/// The channels of an activation that are used as masks, and what their scores are made into.
///
/// Which they are is read off the activation; off one that is recorded, it is an expression as all else.
public struct ChosenChannels {
  /// How many there are.
  public let count: Int
  private let activation: Tensor
  private let choice: Choice

  private enum Choice {
    /// Their numbers, those of none that is the same everywhere among them.
    case known([Int])
    /// For each a row with one at its number, `[count, channels]`, and the channels themselves.
    case recorded(rows: Tensor, channels: [Tensor])
  }

  /// The channels that `selection` takes of an activation `[channels, height, width]`.
  ///
  /// - Parameters:
  ///   - selection: How many are used.
  ///   - activation: Of a layer.
  ///   - method: Who asks, for the error.
  /// - Throws: ``AttributionError/unusableParameter(_:value:method:expected:)`` for less than one channel.
  public init(_ selection: ChannelSelection, of activation: Tensor, for method: String) throws {
    self.activation = activation
    let known = try selection.channels(of: activation, for: method)
    guard activation.record != nil, let count = selection.count(of: activation.shape[0]) else {
      (count, choice) = (known.count, .known(known))
      return
    }
    let area = activation.shape[1] * activation.shape[2]
    let rows = activation.spatialVariance().placesOfLargest(count)
    let maps = rows.matrixProduct(activation.reshaped([activation.shape[0], area]))
    let channels = (0..<count).map { maps.channel($0).reshaped(Array(activation.shape.dropFirst())) }
    (self.count, choice) = (count, .recorded(rows: rows, channels: channels))
  }

  /// One of them, `[height, width]`.
  public subscript(k: Int) -> Tensor {
    switch choice {
    case .known(let numbers): activation.channel(numbers[k])
    case .recorded(_, let channels): channels[k]
    }
  }

  /// The weights of all channels of the layer, `[channels]`: the softmax of the scores of those used, adding up to one, and
  /// zero for the others.
  ///
  /// - Parameter scores: `[count]`, one for each of those used.
  /// - Returns: The weights.
  public func weights(scored scores: Tensor) -> Tensor {
    switch choice {
    case .known(let numbers):
      var weights = Tensor(repeating: 0, shape: [activation.shape[0]])
      for (k, weight) in zip(numbers, scores.softmax().scalars) { weights[k] = weight }
      return weights
    case .recorded(let rows, let channels):
      let ranges = Tensor(joining: channels.map { ($0.greatest() - $0.least()).reshaped([1]) })
      // One for each channel that is not the same everywhere; others count for nothing.
      let varied = ranges.dividedOrZero(by: ranges)
      let shares = (scores + 1e9 * (-1 + varied)).softmax() * varied
      return shares.reshaped([1, count]).matrixProduct(rows).reshaped([activation.shape[0]])
    }
  }
}

import GraphEngine
import Kernels

extension InputReading {
  /// What becomes of each channel: `scale · x + shift`, and where it goes.
  struct Factors {
    private(set) var scale: [Float] = [], shift: [Float] = []
    /// Whether the channels leave in the opposite order.
    private(set) var areReversed = false

    /// Found by running the network's beginning on images of one color; `nil` where a channel has no influence.
    ///
    /// - Parameters:
    ///   - prelude: the network's beginning; `nil` where it does nothing to its image.
    ///   - shape: that of the image.
    ///   - axis: that of its channels.
    /// - Throws: ``GraphError`` where that part of the network cannot be run.
    init?(of prelude: Prelude?, _ shape: [Int], _ axis: Int) throws {
      let channels = shape[axis]
      guard let prelude else {
        scale = [Float](repeating: 1, count: channels)
        shift = [Float](repeating: 0, count: channels)
        return
      }
      let part = try Plan(prelude.graph)
      func run(_ channel: Int?) throws -> NDArray {
        let inner = shape[(axis + 1)...].reduce(1, *)
        let scalars = (0..<shape.reduce(1, *)).map { $0 / inner % channels == channel ? Float(1) : 0 }
        return try part.outputs(for: [NDArray(scalars, shape: shape)])[0]
      }
      let black = try run(nil)
      // Channels stand second or last, and a transposition may have moved them.
      let out = black.shape.indices.dropFirst().first { black.shape[$0] == channels && ($0 == 1 || $0 == 3) }
      if channels == 3, out == nil, black.count == shape.reduce(1, *) / 3 {
        try readGray(black, run)
        return
      }
      let inner = out.map { black.shape[($0 + 1)...].reduce(1, *) }
      var destinations: [Int?] = []
      for channel in 0..<channels {
        let slopes = zip(try run(channel).scalars, black.scalars).map { $0 - $1 }
        // Where the channel counts most: not in a padding, nor in another channel's part.
        guard let place = slopes.indices.max(by: { abs(slopes[$0]) < abs(slopes[$1]) }), slopes[place] != 0 else {
          return nil
        }
        // What a step and its contrary leave of rounding is nothing.
        scale.append(abs(slopes[place] - 1) < 1e-5 ? 1 : slopes[place])
        shift.append(abs(black.scalars[place]) < 1e-5 * abs(slopes[place]) ? 0 : black.scalars[place])
        destinations.append(inner.map { place / $0 % channels })
      }
      areReversed = channels > 1 && destinations == (0..<channels).reversed().map(Optional.some)
    }

    /// Of an image that is made gray: what becomes of samples that are as gray already.
    private mutating func readGray(_ black: NDArray, _ run: (Int?) throws -> NDArray) rethrows {
      let slopes = try (0..<3).map { channel in zip(try run(channel).scalars, black.scalars).map { $0 - $1 } }
      // Not in a padding.
      let sums = black.scalars.indices.map { place in slopes.reduce(0) { $0 + $1[place] } }
      guard let place = sums.indices.max(by: { abs(sums[$0]) < abs(sums[$1]) }) else { return }
      (scale, shift) = ([sums[place]], [black.scalars[place]])
    }
  }
}

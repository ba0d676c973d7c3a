public import Tensors

/// An image that stands for the absence of what is explained.
public enum Baseline: String, Hashable, Sendable, CaseIterable, LosslessStringConvertible {
  /// The colour black, by the network's preprocessing; zero where nobody knows that.
  case black
  /// The colour white.
  case white
  /// Zero in every channel: with most preprocessings a grey.
  case zero
  /// The image's own mean colour.
  case mean
  /// The image blurred by a Gaussian of a twentieth of its shorter side.
  case blur
  /// Gaussian noise with the mean and deviation of each of the image's channels.
  case noise

  public init?(_ description: String) { self.init(rawValue: description) }

  public var description: String { rawValue }

  /// The values as a parameter's description lists them.
  public static var expected: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

extension ExplanationSession {
  /// The extents of the input as an image.
  ///
  /// - Throws: ``AttributionError/notAnImage(_:)``.
  public var grid: ImageGrid {
    get throws {
      guard let grid = ImageGrid(inputLayer.shape) else { throw AttributionError.notAnImage(inputLayer) }
      return grid
    }
  }

  /// The input as people see it: `[channels, height, width]` from 0 for black to 1 for white, whatever the network takes.
  ///
  /// Where nobody knows the preprocessing, the least of its numbers is 0 and the greatest 1.
  ///
  /// - Throws: ``AttributionError/notAnImage(_:)``, ``AttributionError/wrongColors(_:channels:)``.
  public var picture: Tensor {
    get throws {
      let grid = try grid, planes = grid.planes(input)
      guard let colors = options.colors else { return planes.scaledToUnit() }
      for color in [colors.black, colors.white] where color.count != grid.channels {
        throw AttributionError.wrongColors(color.count, channels: grid.channels)
      }
      let black = Tensor(colors.black, shape: [grid.channels]), white = Tensor(colors.white, shape: [grid.channels])
      return ((planes - black) / (white - black)).map { min(max($0, 0), 1) }
    }
  }

  /// How far black and white lie apart in each channel of the input, `[channels]`: what noise is measured by.
  ///
  /// Where nobody knows the preprocessing, how far the least and the greatest of the input's numbers do; 1 where all are equal.
  ///
  /// - Throws: ``AttributionError/notAnImage(_:)``, ``AttributionError/wrongColors(_:channels:)``.
  public var colorExtents: Tensor {
    get throws {
      let channels = try grid.channels
      guard let colors = options.colors else {
        let extent = (input.scalars.max() ?? 1) - (input.scalars.min() ?? 0)
        return Tensor(repeating: extent > 0 ? extent : 1, shape: [channels])
      }
      for color in [colors.black, colors.white] where color.count != channels {
        throw AttributionError.wrongColors(color.count, channels: channels)
      }
      return Tensor(zip(colors.white, colors.black).map { abs($0 - $1) }, shape: [channels])
    }
  }

  /// The baseline for this session's input, in the input's shape; `seed` decides the noise.
  ///
  /// - Throws: ``AttributionError/unknownColors(_:)`` for white where nobody knows the preprocessing,
  ///   ``AttributionError/wrongColors(_:channels:)`` where the options' colours do not fit the input,
  ///   ``AttributionError/notAnImage(_:)``.
  public func baseline(_ baseline: Baseline, seed: UInt64 = 0) throws -> Tensor {
    let grid = try grid
    let planes = grid.planes(input)
    switch baseline {
    case .zero: return Tensor(repeating: 0, shape: input.shape)
    case .black:
      return try grid.image(of: options.colors?.black ?? Array(repeating: 0, count: grid.channels))
    case .white:
      guard let white = options.colors?.white else { throw AttributionError.unknownColors(baseline) }
      return try grid.image(of: white)
    case .mean: return grid.filled(with: planes.spatialMean().scalars)
    case .blur: return grid.image(planes.blurred(deviation: Float(min(grid.height, grid.width)) / 20))
    case .noise:
      let deviations = planes.spatialVariance().map { $0.squareRoot() }
      return grid.image(planes.spatialMean() + deviations * Tensor(gaussianNoise: planes.shape, seed: seed))
    }
  }

  /// What people should know about a baseline, if anything.
  public func facts(on baseline: Baseline) -> [Fact] {
    baseline == .black && options.colors == nil
      ? [.remark("the input's preprocessing is not known, so that black is taken to be 0")] : []
  }
}

extension ImageGrid {
  /// An image of one colour that was told from outside.
  fileprivate func image(of color: [Float]) throws -> Tensor {
    guard color.count == channels else { throw AttributionError.wrongColors(color.count, channels: channels) }
    return filled(with: color)
  }
}

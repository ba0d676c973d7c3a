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
      guard let grid = ImageGrid(model.input.shape) else { throw AttributionError.notAnImage(model.input) }
      return grid
    }
  }

  /// The baseline for this session's input, in the input's shape; `seed` decides the noise.
  ///
  /// - Throws: ``AttributionError/unknownColors(_:)`` for white where nobody knows the preprocessing.
  public func baseline(_ baseline: Baseline, seed: UInt64 = 0) throws -> Tensor {
    let grid = try grid
    let planes = grid.planes(input)
    switch baseline {
    case .zero: return Tensor(repeating: 0, shape: input.shape)
    case .black:
      return grid.filled(with: options.colors?.black ?? Array(repeating: 0, count: grid.channels))
    case .white:
      guard let white = options.colors?.white else { throw AttributionError.unknownColors(baseline) }
      return grid.filled(with: white)
    case .mean: return grid.filled(with: planes.spatialMean().scalars)
    case .blur: return grid.image(planes.blurred(deviation: Float(min(grid.height, grid.width)) / 20))
    case .noise:
      let deviations = planes.spatialVariance().map { $0.squareRoot() }
      return grid.image(planes.spatialMean() + deviations * Tensor(gaussianNoise: planes.shape, seed: seed))
    }
  }

  /// What people should know about a baseline, if anything.
  public func remarks(on baseline: Baseline) -> [String] {
    baseline == .black && options.colors == nil
      ? ["the input's preprocessing is not known, so that black is taken to be 0"] : []
  }
}

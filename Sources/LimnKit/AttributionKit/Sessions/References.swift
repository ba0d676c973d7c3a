public import Tensors

/// The pictures that stand for what is ordinary, of which methods take a mean as their baseline.
public enum References: Hashable, Sendable, LosslessStringConvertible {
  /// Gaussian noise with the mean and deviation of each of the image's channels, every picture another.
  case noise
  /// The pictures in a folder.
  case folder(String)

  public init(_ description: String) { self = description == "noise" ? .noise : .folder(description) }

  public var description: String {
    switch self {
    case .noise: "noise"
    case .folder(let path): path
    }
  }

  /// The values that a parameter takes.
  public static let expected = "noise, or the path of a folder of pictures"
}

extension ExplanationSession {
  /// The reference pictures for this session's input, each in the input's shape: `count` of noise, all of a folder.
  ///
  /// - Throws: ``AttributionError/cannotReadPictures(_:)`` where the session's options do not say how,
  ///   ``AttributionError/noPictures(_:)`` for an empty folder, ``AttributionError/wrongShape(_:for:)``,
  ///   ``AttributionError/notAnImage(_:)``; whatever reading them throws.
  public func pictures(of references: References, count: Int, seed: UInt64) throws -> [Tensor] {
    switch references {
    case .noise:
      var seeds = SplitMix64(seed: seed)
      return try (0..<count).map { _ in try baseline(.noise, seed: seeds.next()) }
    case .folder(let path):
      guard let read = options.pictures else { throw AttributionError.cannotReadPictures(path) }
      let pictures = try read(path)
      guard !pictures.isEmpty else { throw AttributionError.noPictures(path) }
      for picture in pictures where picture.shape != input.shape {
        throw AttributionError.wrongShape(picture.shape, for: inputLayer)
      }
      return pictures
    }
  }
}

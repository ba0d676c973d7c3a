public import AttributionKit
public import Tensors

/// Recipro-CAM: a place matters as much as the score of the layer with nothing left but that place.
///
///     Mₚ = y(A ⊙ mₚ) − min_q y(A ⊙ m_q)
///
/// `mₚ` is one at place `p` and zero elsewhere, or a small Gaussian around it. Only the network after the layer is run.
/// Of a transformer the tokens of patches are masked, and those that have no place, such as the class token, stay
/// (ViT-ReciproCAM).
public struct ReciproCAM: LayerMethod {
  public var targetLayer: TargetLayer
  public var mask: PlaceMask

  public init(targetLayer: TargetLayer = .automatic, mask: PlaceMask = .gaussian) {
    self.targetLayer = targetLayer
    self.mask = mask
  }

  /// - Throws: ``AttributionError/cannotResume(after:)``.
  public func map(on layer: Layer, in session: ExplanationSession) throws -> Tensor {
    let a = try session.activation(at: layer), (height, width) = (a.shape[1], a.shape[2])
    let scores = try session.scores(of: height * width, replacing: layer) { place in
      a * mask.tensor(around: (place / width, place % width), height: height, width: width)
    }
    let least = scores.min() ?? 0
    return Tensor(scores.map { $0 - least }, shape: [height, width])
  }

  /// A pass of the network after the layer for each of its places.
  public func cost(on model: (any ModelAdapter)?) -> Cost {
    guard let model, let layer = try? targetLayer.resolve(in: model) else { return .resumed(per: .place) }
    return .resumed(layer.shape[1] * layer.shape[2], after: layer, of: model)
  }
}

/// What is left of a layer around one place.
public enum PlaceMask: String, Hashable, Sendable, CaseIterable, LosslessStringConvertible {
  /// A quarter at the place, and less at its eight neighbours: `[1, 2, 1]ᵀ[1, 2, 1] / 16`.
  case gaussian
  /// One at the place alone.
  case single

  public init?(_ description: String) { self.init(rawValue: description) }

  public var description: String { rawValue }

  static var expected: String { allCases.map(\.rawValue).joined(separator: " or ") }

  /// What is left of each place: `[height, width]`.
  func tensor(around place: (y: Int, x: Int), height: Int, width: Int) -> Tensor {
    var mask = Tensor(repeating: 0, shape: [height, width])
    switch self {
    case .single: mask[place.y * width + place.x] = 1
    case .gaussian:
      let weights: [Float] = [0.25, 0.5, 0.25]
      for (dy, down) in zip(-1...1, weights) where (0..<height).contains(place.y + dy) {
        for (dx, across) in zip(-1...1, weights) where (0..<width).contains(place.x + dx) {
          mask[(place.y + dy) * width + place.x + dx] = down * across
        }
      }
    }
    return mask
  }
}

extension Cost.Unit {
  fileprivate static let place = Cost.Unit("place of the layer")
}

extension ReciproCAM {
  public static let descriptor = MethodDescriptor(
    "recipro-cam", title: "Recipro-CAM", family: .cams,
    summary: "Places whose features alone make the score; without gradients, also for tokens.",
    citation: "Byun & Lee, 2022, arXiv:2209.14074", needs: [.spatialLayer], prototype: ReciproCAM(),
    parameters: [
      .layer(\.targetLayer),
      Parameter("mask", \.mask, help: "what is left of the layer around a place", expected: PlaceMask.expected),
    ])
}

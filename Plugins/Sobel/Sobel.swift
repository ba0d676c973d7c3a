public import AttributionKit
import Tensors

/// The edges of the picture itself, which no network has seen: a map that looks like one must be asked what it adds.
///
///     M = √(Gᵤ² + Gᵥ²),   Gᵤ = x̄ * [1 2 1]ᵀ[−1 0 1],  Gᵥ = x̄ * [−1 0 1]ᵀ[1 2 1]
///
/// `x̄` is the mean of the input's channels, repeated beyond its border.
public struct Sobel: AttributionMethod {
  public init() {}

  /// A map of the image's pixels.
  ///
  /// - Throws: ``AttributionError/notAnImage(_:)``.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    let grid = try session.grid
    let gray = 1 / Float(grid.channels) * grid.planes(session.input).channelSum()
    func pixel(_ y: Int, _ x: Int) -> Float {
      gray.scalars[min(max(y, 0), grid.height - 1) * grid.width + min(max(x, 0), grid.width - 1)]
    }
    var edges = Tensor(repeating: 0, shape: [grid.height, grid.width])
    for y in 0..<grid.height {
      for x in 0..<grid.width {
        var (across, down): (Float, Float) = (0, 0)
        for (offset, weight) in [(-1, 1), (0, 2), (1, 1)] as [(Int, Float)] {
          across += weight * (pixel(y + offset, x + 1) - pixel(y + offset, x - 1))
          down += weight * (pixel(y + 1, x + offset) - pixel(y - 1, x + offset))
        }
        edges[y * grid.width + x] = (across * across + down * down).squareRoot()
      }
    }
    return Attribution(edges, at: session.inputLayer)
  }

  public func cost(on model: (any ModelAdapter)?) -> Cost { .zero }
}

extension Sobel {
  public static let descriptor = MethodDescriptor(
    "sobel", title: "Sobel", family: .controls, summary: "Edges of the picture, whatever the network: a control.",
    citation: "The edge detector in Adebayo et al., NeurIPS 2018, arXiv:1810.03292", needs: [], prototype: Sobel())
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
public import AttributionKit
import Tensors

/// A Gaussian in the middle of the picture: what photographers point at, and pointing games reward.
///
///     M(u, v) = exp(−½ ((u/H − ½)² + (v/W − ½)²) / σ²)
///
/// `σ` is a share of each side, `u` and `v` are the middles of pixels.
public struct Center: AttributionMethod {
  public var spread: Float

  public init(spread: Float = 0.25) { self.spread = spread }

  /// A map of the image's pixels.
  ///
  /// - Throws: ``AttributionError/notAnImage(_:)``;
  ///   ``AttributionError/unusableParameter(_:value:method:expected:)`` for a spread that is not above zero.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    guard spread > 0, spread.isFinite else {
      throw AttributionError.unusableParameter(
        "spread", value: "\(spread)", method: "center", expected: "a number above 0")
    }
    let grid = try session.grid
    func bell(_ count: Int) -> [Float] {
      (0..<count).map { place in
        let distance = ((Float(place) + 0.5) / Float(count) - 0.5) / spread
        return exp(-distance * distance / 2)
      }
    }
    let columns = bell(grid.width)
    let values = bell(grid.height).flatMap { row in columns.map { row * $0 } }
    return Attribution(Tensor(values, shape: [grid.height, grid.width]), at: session.inputLayer)
  }

  public func cost(on model: (any ModelAdapter)?) -> Cost { .zero }
}

extension Center {
  public static let descriptor = MethodDescriptor(
    "center", title: "Center", family: .controls, summary: "A spot in the middle of the picture: a control.",
    citation: "The center baseline in Zhang et al., ECCV 2016, arXiv:1608.00507", needs: [], prototype: Center(),
    parameters: [
      Parameter(
        "spread", \.spread, help: "the standard deviation, as a share of each side", expected: "a number above 0"
      ) { $0 > 0 && $0.isFinite }
    ])
}

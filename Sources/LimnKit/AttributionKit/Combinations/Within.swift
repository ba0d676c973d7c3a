import Tensors

/// What a method says inside a box, and nothing outside of it.
///
///     M = U(m) ⊙ 1_box
///
/// Maps are stretched bilinearly over the input's pixels first, so that the border is the box's own. How much of the
/// evidence lies inside is told as a remark: the proportion of the energy-based pointing game of Wang et al., "Score-CAM", CVPR
/// workshop 2020, arXiv:1910.01279, section 4.3.
public struct Within: AttributionMethod {
  public let method: any AttributionMethod
  public var left: BoxEdge
  public var top: BoxEdge
  /// The first column that is outside.
  public var right: BoxEdge
  /// The first row that is outside.
  public var bottom: BoxEdge

  public init(
    _ method: any AttributionMethod, left: BoxEdge = .share(0), top: BoxEdge = .share(0), right: BoxEdge = .share(1),
    bottom: BoxEdge = .share(1)
  ) {
    self.method = method
    (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
  }

  public var parts: [any AttributionMethod] { [method] }

  /// - Throws: ``AttributionError/notAnImage(_:)``; ``AttributionError/unusableParameter(_:value:method:expected:)`` for a
  ///   box without pixels.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    let grid = try session.grid, box = try box(on: grid), inner = try method.attribution(in: session)
    let whole = inner.isMap ? inner.values.resized(height: grid.height, width: grid.width) : inner.values
    let pixels = inner.isMap ? ImageGrid([1] + whole.shape) : ImageGrid(whole.shape)
    guard let pixels, (pixels.height, pixels.width) == (grid.height, grid.width) else {
      throw AttributionError.incompatibleGrids(inner.values.shape, session.input.shape)
    }
    let inside = pixels.replacing(box, of: 0 * whole, by: whole)
    return Attribution(
      inside, at: session.inputLayer, facts: inner.facts.withoutSums() + [.remark(Self.share(of: inside, in: whole))])
  }

  private func box(on grid: ImageGrid) throws -> ImageGrid.Window {
    let columns = (left.place(in: grid.width), right.place(in: grid.width))
    let rows = (top.place(in: grid.height), bottom.place(in: grid.height))
    for (places, name, edge) in [(columns, "right", right), (rows, "bottom", bottom)] where places.0 >= places.1 {
      throw AttributionError.unusableParameter(
        name, value: "\(edge)", method: "within",
        expected: "more than the edge on the other side, in pixels of the network's input, "
          + "\(grid.width) × \(grid.height), or in percent")
    }
    return ImageGrid.Window(rows: rows.0..<rows.1, columns: columns.0..<columns.1)
  }

  private static func share(of inside: Tensor, in whole: Tensor) -> String {
    func evidence(_ values: Tensor) -> Double {
      values.scalars.reduce(0) { $1.isFinite && $1 > 0 ? $0 + Double($1) : $0 }
    }
    let all = evidence(whole)
    return all > 0
      ? "\(Int((100 * evidence(inside) / all).rounded())) % of the evidence lies in the box"
      : "there is no evidence, in the box or outside"
  }
}

/// One side of a box: a number of pixels of the network's input from the left or the top, or a share of its extent.
public enum BoxEdge: Hashable, Sendable, LosslessStringConvertible {
  case pixels(Int)
  /// From 0 to 1.
  case share(Double)

  public init?(_ description: String) {
    if description.hasSuffix("%"), let percent = Double(description.dropLast()), (0...100).contains(percent) {
      self = .share(percent / 100)
    } else if let pixels = Int(description), pixels >= 0 {
      self = .pixels(pixels)
    } else {
      return nil
    }
  }

  public var description: String {
    switch self {
    case .pixels(let pixels): return "\(pixels)"
    case .share(let share):
      let percent = (share * 1e6).rounded() / 1e4
      return percent == percent.rounded() ? "\(Int(percent))%" : "\(percent)%"
    }
  }

  /// The values that one takes.
  public static let expected = "a whole number of the network's pixels from 0, or a share of them from 0% to 100%"

  /// The place in an extent of so many pixels, never beyond it.
  func place(in extent: Int) -> Int {
    switch self {
    case .pixels(let pixels): min(pixels, extent)
    case .share(let share): Int((share * Double(extent)).rounded())
    }
  }
}

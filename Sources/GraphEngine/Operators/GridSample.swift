public import Kernels

/// An image `[N, C, H, W]` looked at where a grid `[N, h, w, 2]` points, as `[N, C, h, w]`: spatial transformers,
/// optical flow, deformable attention.
///
/// Volumes `[N, C, D, H, W]` are looked at through grids `[N, d, h, w, 3]`.
///
/// A point is `(x, y)` or `(x, y, z)`, from −1 to 1 over the image; between pixels it is interpolated. Both may depend on the picture,
/// and both have a cotangent: the grid's is the slope of the image at the point. (Jaderberg et al., NeurIPS 2015,
/// arXiv:1506.02025, eqs. 3–7; ONNX `GridSample`, PyTorch `grid_sample`.)
public struct GridSample: Operator {
  /// How a value between pixels comes of those around it.
  public enum Mode: Hashable, Sendable { case nearest, linear, cubic }

  /// What lies beyond the image.
  public enum Padding: Hashable, Sendable { case zeros, border, reflection }

  /// How a value between pixels comes of those around it.
  public let mode: Mode
  /// What lies beyond the image.
  public let padding: Padding
  /// Whether −1 and 1 are the centres of the outermost pixels, rather than their outer edges.
  public let alignsCorners: Bool

  /// An image looked at through a grid.
  public init(_ mode: Mode, padding: Padding, alignsCorners: Bool) {
    self.mode = mode
    self.padding = padding
    self.alignsCorners = alignsCorners
  }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    let (image, grid) = (inputs[0], inputs[1]), axes = image.count - 2
    guard (2...3).contains(axes), grid.count == image.count, grid[grid.count - 1] == axes, grid[0] == image[0] else {
      throw ShapeError("it looks at an image \(spelled(image)) through a grid \(spelled(grid))")
    }
    // A cubic window over a volume is nowhere defined.
    if axes == 3, mode == .cubic { throw ShapeError("it looks at a volume with cubic interpolation") }
    return [image[0], image[1]] + grid[1..<(grid.count - 1)]
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    let shape = try outputShape(of: inputs.map(\.shape))
    let image = inputs[0].scalars
    var output = [Float](repeating: 0, count: shape.reduce(1, *))
    forEachPoint(of: inputs[1], on: inputs[0].shape) { point in
      for (source, target) in point.planes {
        for tap in point.taps { output[target] += tap.weight * image[source + tap.pixel] }
      }
    }
    return NDArray(output, shape: shape)
  }

  public var pullbackNeeds: PullbackNeeds { .inputs }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    let (shape, grid) = (point.inputShapes[0], point.input(1))
    let above = cotangent.scalars
    let image = point.wanted[1] ? point.input(0).scalars : []
    var toImage = [Float](repeating: 0, count: point.wanted[0] ? shape.reduce(1, *) : 0)
    var toGrid = [Float](repeating: 0, count: point.wanted[1] ? grid.count : 0)
    forEachPoint(of: grid, on: shape) { place in
      for (source, target) in place.planes {
        for tap in place.taps {
          if point.wanted[0] { toImage[source + tap.pixel] += tap.weight * above[target] }
          guard point.wanted[1] else { continue }
          for (axis, slope) in tap.slopes.enumerated() {
            toGrid[place.index + axis] += slope * image[source + tap.pixel] * above[target]
          }
        }
      }
    }
    return [
      point.wanted[0] ? NDArray(toImage, shape: shape) : nil,
      point.wanted[1] ? NDArray(toGrid, shape: grid.shape) : nil,
    ]
  }

  public func multiplyAdds(of inputs: [[Int]], output: [Int]) -> Int {
    let axes = inputs[0].count - 2, taps = mode == .cubic ? 16 : mode == .linear ? 1 << axes : 1
    return taps * output.reduce(1, *)
  }

  public var kind: OperatorKind { .resizing }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .scatters }

  public func influence(of inputs: [[Int]]) -> [Influence] {
    [.lines(axes: Array(inputs[0].indices.dropFirst(2))), .everything]
  }

  public func isAffine(in input: Int) -> Bool { input == 0 }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { true }
}

// MARK: - Points

extension GridSample {
  /// A point of the grid: the pixels it looks at, for every channel.
  private struct Point {
    /// Where its `x` stands in the grid, `y` and `z` being next.
    let index: Int
    /// The pixels of a plane that count.
    let taps: [Tap]
    /// For each channel, where its plane of the image begins, and where the point's value stands in the output.
    let planes: [(source: Int, target: Int)]
  }

  /// A pixel of a plane, its weight and the weight's slopes by the point's `x`, `y`, `z`.
  private struct Tap {
    var pixel = 0
    var weight: Float = 1
    var slopes: [Float] = []

    /// The pixel where this one's line meets a position of the next inner axis.
    func meeting(_ next: PixelTap, extent: Int) -> Tap {
      Tap(
        pixel: pixel * extent + next.index, weight: weight * next.weight,
        slopes: [weight * next.slope] + slopes.map { $0 * next.weight })
    }
  }

  private func forEachPoint(of grid: NDArray, on image: [Int], _ body: (Point) -> Void) {
    let channels = image[1], extents = Array(image[2...]), count = extents.count
    let points = grid.scalars, area = grid.shape[1...count].reduce(1, *), plane = extents.reduce(1, *)
    for n in 0..<image[0] {
      for p in 0..<area {
        let index = count * (n * area + p)
        // The grid has the innermost axis first.
        let met = extents.indices.reduce([Tap()]) { met, axis in
          let along = taps(at: points[index + count - 1 - axis], extent: extents[axis])
          return met.flatMap { tap in along.map { tap.meeting($0, extent: extents[axis]) } }
        }
        body(
          Point(
            index: index, taps: met,
            planes: (0..<channels).map { c in ((n * channels + c) * plane, (n * channels + c) * area + p) }))
      }
    }
  }

  /// The pixels of an axis that a coordinate from −1 to 1 looks at.
  private func taps(at coordinate: Float, extent: Int) -> [PixelTap] {
    let n = Float(extent)
    let scale = (alignsCorners ? n - 1 : n) / 2
    let raw = alignsCorners ? (coordinate + 1) * scale : (coordinate + 1) * scale - 0.5
    guard raw.isFinite, abs(raw) < 1e6 + n || padding != .zeros else { return [] }
    // Cubic weights fall on pixels beyond the border, which are then reflected or clipped one by one.
    let (position, direction) = mode == .cubic ? (raw, 1) : inside(raw, extent: extent)
    let slope = scale * direction
    let first = position.rounded(.down), t = position - first
    let weights: [(offset: Int, weight: Float, slope: Float)] =
      switch mode {
      case .nearest: [(Int(position.rounded(.toNearestOrEven) - first), 1, 0)]
      case .linear: [(0, 1 - t, -1), (1, t, 1)]
      case .cubic: Self.cubic(t)
      }
    return weights.compactMap { offset, weight, weightSlope in
      var pixel = first + Float(offset)
      if mode == .cubic { pixel = inside(pixel, extent: extent).position }
      guard pixel >= 0, pixel < n else { return nil }
      return PixelTap(index: Int(pixel), weight: weight, slope: weightSlope * slope)
    }
  }

  /// A position brought into the image as the padding says, with the slope of this.
  private func inside(_ x: Float, extent: Int) -> (position: Float, slope: Float) {
    let last = Float(extent - 1)
    switch padding {
    case .zeros: return (x, 1)
    case .border: return (min(max(x, 0), last), x > 0 && x < last ? 1 : 0)
    case .reflection:
      let (low, span): (Float, Float) = alignsCorners ? (0, last) : (-0.5, Float(extent))
      guard span > 0 else { return (0, 0) }
      let far = (x - low).magnitude, turns = (far / span).rounded(.down), rest = far - turns * span
      let isTurned = turns.truncatingRemainder(dividingBy: 2) != 0
      let reflected = low + (isTurned ? span - rest : rest)
      let slope: Float = (x < low) != isTurned ? -1 : 1
      return (min(max(reflected, 0), last), reflected > 0 && reflected < last ? slope : 0)
    }
  }

  /// Keys' kernel with a = −0.75 at the four pixels around a point `t` behind the second, with its slopes.
  private static func cubic(_ t: Float) -> [(offset: Int, weight: Float, slope: Float)] {
    let a: Float = -0.75
    func near(_ d: Float) -> Float { ((a + 2) * d - (a + 3)) * d * d + 1 }
    func far(_ d: Float) -> Float { ((a * d - 5 * a) * d + 8 * a) * d - 4 * a }
    func nearSlope(_ d: Float) -> Float { (3 * (a + 2) * d - 2 * (a + 3)) * d }
    func farSlope(_ d: Float) -> Float { (3 * a * d - 10 * a) * d + 8 * a }
    return [
      (-1, far(t + 1), farSlope(t + 1)), (0, near(t), nearSlope(t)), (1, near(1 - t), -nearSlope(1 - t)),
      (2, far(2 - t), -farSlope(2 - t)),
    ]
  }
}

/// A pixel along an axis, its weight, and how this grows with the grid's coordinate.
private struct PixelTap {
  let index: Int
  let weight: Float
  let slope: Float
}

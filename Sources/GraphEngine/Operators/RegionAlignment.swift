public import Kernels

/// Regions of feature maps brought to one size: RoIAlign.
///
/// Inputs: maps `[N, C, H, W]`; regions `[R, 4]` as left, top, right, bottom in the image's pixels; for each region the
/// number of its image `[R]`. Output: `[R, C, h, w]`, in each cell the mean, or the largest, of values between pixels at
/// regular points. A cotangent goes to the maps; regions have none, as everywhere. (He et al., ICCV 2017,
/// arXiv:1703.06870; ONNX `RoiAlign`, torchvision `roi_align`.)
public struct RegionAlignment: Operator {
  /// What becomes of the points of a cell.
  public enum Pooling: Hashable, Sendable { case average, maximum }

  /// What becomes of the points of a cell.
  public let pooling: Pooling
  /// The rows and columns of the output.
  public let size: [Int]
  /// How many points a cell has along each axis; zero for as many as it has pixels.
  public let samples: Int
  /// How large a pixel of the image is on the map.
  public let scale: Float
  /// What is taken off coordinates: half a pixel where pixels' centres lie at halves; then regions may also be smaller
  /// than a pixel.
  public let hasHalfPixelShift: Bool

  public var name: String { "RoIAlign" }

  /// An alignment of regions.
  public init(_ pooling: Pooling, size: [Int], samples: Int, scale: Float, hasHalfPixelShift: Bool) {
    self.pooling = pooling
    self.size = size
    self.samples = samples
    self.scale = scale
    self.hasHalfPixelShift = hasHalfPixelShift
  }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    guard inputs.count == 3, inputs[0].count == 4, inputs[1].count == 2, inputs[1][1] == 4,
      inputs[2] == [inputs[1][0]], size.count == 2, size.allSatisfy({ $0 > 0 })
    else { throw ShapeError("it takes maps, regions and their images") }
    return [inputs[1][0], inputs[0][1]] + size
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    let shape = try outputShape(of: inputs.map(\.shape)), maps = inputs[0].scalars
    var output = [Float](repeating: 0, count: shape.reduce(1, *))
    try forEachCell(of: inputs[1], inputs[2], on: inputs[0].shape) { cell in
      for (source, target) in cell.planes { output[target] = cell.value(of: maps, from: source, pooling).value }
    }
    return NDArray(output, shape: shape)
  }

  public var pullbackNeeds: PullbackNeeds { .inputs }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    guard point.wanted[0] else { return [nil, nil, nil] }
    let shape = point.inputShapes[0], above = cotangent.scalars
    let maps = pooling == .maximum ? point.input(0).scalars : []
    var pulled = [Float](repeating: 0, count: shape.reduce(1, *))
    try forEachCell(of: point.input(1), point.input(2), on: shape) { cell in
      for (source, target) in cell.planes {
        let taps = pooling == .average ? cell.mean : cell.value(of: maps, from: source, pooling).taps
        for (pixel, weight) in taps { pulled[source + pixel] += weight * above[target] }
      }
    }
    return [NDArray(pulled, shape: shape), nil, nil]
  }

  public func multiplyAdds(of inputs: [[Int]], output: [Int]) -> Int {
    4 * max(1, samples * samples) * output.reduce(1, *)
  }

  public var kind: OperatorKind { .pooling(pooling == .average ? .average : .maximum) }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .scatters }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.everything, .everything, .everything] }

  public func isAffine(in input: Int) -> Bool { input == 0 && pooling == .average }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { true }
}

// MARK: - Cells

extension RegionAlignment {
  private typealias Taps = [(pixel: Int, weight: Float)]

  /// A cell of a region: the points it looks at, for every channel.
  private struct Cell {
    /// For each point the pixels around it.
    let points: [Taps]
    /// For each channel, where its plane of the maps begins, and where the cell stands in the output.
    let planes: [(source: Int, target: Int)]

    /// The pixels that the mean of all points is made of.
    var mean: Taps {
      points.flatMap { taps in taps.map { (pixel: $0.pixel, weight: $0.weight / Float(points.count)) } }
    }

    /// The cell's value in one plane, with the pixels it is made of.
    ///
    /// As in ONNX, the largest is looked for among the
    /// pixels' shares of each point, not among their sums.
    func value(of maps: [Float], from source: Int, _ pooling: Pooling) -> (value: Float, taps: Taps) {
      switch pooling {
      case .average: return (mean.reduce(0) { $0 + $1.weight * maps[source + $1.pixel] }, [])
      case .maximum:
        var best: (value: Float, taps: Taps)?
        for (pixel, weight) in points.joined() {
          let share = weight * maps[source + pixel]
          if best.map({ share > $0.value }) ?? true { best = (share, [(pixel: pixel, weight: weight)]) }
        }
        return best ?? (0, [])
      }
    }
  }

  private func forEachCell(
    of regions: NDArray, _ images: NDArray, on shape: [Int], _ body: (Cell) -> Void
  ) throws {
    let (channels, height, width) = (shape[1], shape[2], shape[3])
    let bounds = regions.scalars, owners = images.scalars
    let shift: Float = hasHalfPixelShift ? 0.5 : 0
    for r in owners.indices {
      guard abs(owners[r]) < 1e6, (0..<shape[0]).contains(Int(owners[r])) else {
        throw ShapeError("there is no image \(owners[r])")
      }
      let box = bounds[(4 * r)..<(4 * r + 4)].map { $0 * scale - shift }
      guard box.allSatisfy({ abs($0) < 1e6 }) else { throw ShapeError("a region has no bounds") }
      let smallest: Float = hasHalfPixelShift ? 0 : 1
      let extents = [max(box[3] - box[1], smallest), max(box[2] - box[0], smallest)]
      let steps = zip(extents, size).map { $0 / Float($1) }
      let counts = steps.map { samples > 0 ? samples : max(1, Int($0.rounded(.up))) }
      func positions(_ axis: Int, _ cell: Int) -> [Float] {
        (0..<counts[axis]).map {
          box[1 - axis] + steps[axis] * (Float(cell) + (Float($0) + 0.5) / Float(counts[axis]))
        }
      }
      for row in 0..<size[0] {
        let vertical = positions(0, row).map { Self.taps(at: $0, extent: height) }
        for column in 0..<size[1] {
          let horizontal = positions(1, column).map { Self.taps(at: $0, extent: width) }
          let points = vertical.flatMap { y in
            horizontal.map { x -> Taps in
              y.flatMap { a in x.map { (pixel: a.pixel * width + $0.pixel, weight: a.weight * $0.weight) } }
            }
          }
          let planes = (0..<channels).map { c in
            let map = Int(owners[r]) * channels + c
            return (map * height * width, ((r * channels + c) * size[0] + row) * size[1] + column)
          }
          body(Cell(points: points, planes: planes))
        }
      }
    }
  }

  /// The pixels of an axis around a position: none where it lies more than a pixel outside.
  private static func taps(at position: Float, extent: Int) -> Taps {
    guard position >= -1, position <= Float(extent) else { return [] }
    let inside = min(max(position, 0), Float(extent - 1)), low = Int(inside)
    let t = inside - Float(low)
    guard low + 1 < extent else { return [(pixel: low, weight: 1)] }
    return [(pixel: low, weight: 1 - t), (pixel: low + 1, weight: t)]
  }
}

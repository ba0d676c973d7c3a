package import AttributionKit
package import Images
package import Tensors

/// How a volume is looked at: three planes through one voxel, or of a film four of its frames.
///
/// Where the volume's place in the body is known, planes are axial, coronal and sagittal, turned as radiologists look at
/// them: the front or the head above, the patient's right on the left. Planes are drawn in a square of two by two.
package struct VolumeSlices: Sendable {
  /// `[depth, height, width]`.
  package let extents: [Int]
  private let channels: Int
  private let planes: [Plane]
  private let isFilm: Bool
  /// Whether the first plane alone is shown.
  private var isSingle = false
  /// How many pixels a voxel takes along each axis.
  private let scales: [Float]

  /// A plane across one axis.
  private struct Plane {
    let across: Int
    let rows: Int, columns: Int
    let turnsRows: Bool, turnsColumns: Bool
  }

  package init(_ stack: StackedGrid, in space: VolumeSpace?) {
    extents = [stack.depth, stack.height, stack.width]
    channels = stack.channels
    isFilm = stack.kind == .frames || stack.channels == 3
    if let space, !isFilm {
      let axis = (0..<3).map { line in space.directions.firstIndex { $0.line == line } ?? line }
      let (side, front, head) = (axis[0], axis[1], axis[2])
      // Upwards from the last row, leftwards from the last column.
      let turns = space.directions.map(\.isPositive)
      planes = [
        Plane(across: head, rows: front, columns: side, turnsRows: turns[front], turnsColumns: turns[side]),
        Plane(across: front, rows: head, columns: side, turnsRows: turns[head], turnsColumns: turns[side]),
        Plane(across: side, rows: head, columns: front, turnsRows: turns[head], turnsColumns: turns[front]),
      ]
    } else {
      planes = [(0, 1, 2), (1, 0, 2), (2, 0, 1)].prefix(isFilm ? 1 : 3).map {
        Plane(across: $0.0, rows: $0.1, columns: $0.2, turnsRows: false, turnsColumns: false)
      }
    }
    let spacing = isFilm ? [1, 1, 1] : space?.spacing ?? [1, 1, 1], least = spacing.min() ?? 1
    let largest = zip(extents, spacing).map { Float($0) * $1 / least }.max() ?? 1
    let factor = max(1, (240 / largest).rounded(.up))
    scales = spacing.map { min($0 / least, 16) * factor }
  }

  /// The voxel in the middle.
  package var middle: [Int] { extents.map { $0 / 2 } }

  /// The same with the first plane alone.
  package var single: VolumeSlices {
    var slices = self
    slices.isSingle = true
    return slices
  }

  /// For each slice along the first plane's own axis a voxel in it, from the first to the last, or from below upwards.
  package var frames: [[Int]] {
    let axis = planes[0].across
    return (0..<extents[axis]).map { position in
      var voxel = middle
      voxel[axis] = position
      return voxel
    }
  }

  /// What the planes are called, with their positions: `slice 5, row 12, column 20`.
  package func caption(through voxel: [Int]) -> String {
    isFilm ? "frame \(voxel[0])" : "slice \(voxel[0]), row \(voxel[1]), column \(voxel[2])"
  }

  /// A plane at its place in the picture.
  private struct View {
    let plane: Plane
    let position: Int
    let left: Int, top: Int, width: Int, height: Int
  }

  /// The planes in a square of two by two, and the picture's extent.
  private func layout(through voxel: [Int]) -> (views: [View], width: Int, height: Int) {
    let shown = shown(through: voxel), gap = 4
    let sizes = shown.map { (width: pixels($0.0.columns), height: pixels($0.0.rows)) }
    func most(_ places: [Int], _ size: (Int) -> Int) -> Int { places.filter { $0 < shown.count }.map(size).max() ?? 0 }
    let left = most([0, 2]) { sizes[$0].width }, right = most([1, 3]) { sizes[$0].width }
    let top = most([0, 1]) { sizes[$0].height }, bottom = most([2, 3]) { sizes[$0].height }
    let views = shown.indices.map { index in
      View(
        plane: shown[index].0, position: shown[index].1, left: index % 2 == 0 ? 0 : left + gap,
        top: index < 2 ? 0 : top + gap, width: sizes[index].width, height: sizes[index].height)
    }
    return (views, left + (right > 0 ? gap + right : 0), top + (bottom > 0 ? gap + bottom : 0))
  }

  /// Calls `body` with each pixel that shows something and the place of its centre, in voxels.
  private func forEachPixel(of layout: (views: [View], width: Int, height: Int), _ body: (Int, [Float]) -> Void) {
    for view in layout.views {
      let plane = view.plane
      for y in 0..<view.height {
        for x in 0..<view.width {
          var place: [Float] = [0, 0, 0]
          place[plane.across] = Float(view.position)
          place[plane.rows] = coordinate(y, plane.rows, turned: plane.turnsRows)
          place[plane.columns] = coordinate(x, plane.columns, turned: plane.turnsColumns)
          body((view.top + y) * layout.width + view.left + x, place)
        }
      }
    }
  }

  /// Which planes are shown and where they cut; of a film the frame itself first, then three others through its time.
  private func shown(through voxel: [Int]) -> [(Plane, Int)] {
    if isSingle { return [(planes[0], voxel[planes[0].across])] }
    guard isFilm else { return planes.map { ($0, voxel[$0.across]) } }
    var frames = Set([voxel[0]])
    for part in 0..<4 where frames.count < min(4, extents[0]) {
      frames.insert((2 * part + 1) * extents[0] / 8)
    }
    return frames.sorted().map { (planes[0], $0) }
  }

  private func pixels(_ axis: Int) -> Int { max(1, Int((Float(extents[axis]) * scales[axis]).rounded())) }

  /// Where a pixel's centre lies along an axis, in voxels.
  private func coordinate(_ pixel: Int, _ axis: Int, turned: Bool) -> Float {
    let position = (Float(pixel) + 0.5) / Float(pixels(axis)) * Float(extents[axis]) - 0.5
    return turned ? Float(extents[axis] - 1) - position : position
  }

  /// A volume `[channels, depth · height, width]` in grey from its least to its greatest value, or in its own colours.
  package func picture(of input: Tensor, through voxel: [Int]) -> Raster {
    let scalars = input.scalars, count = extents.reduce(1, *)
    let scale = GrayScale(scalars), layout = layout(through: voxel)
    var picture = Raster(width: layout.width, height: layout.height, fill: (0, 0, 0))
    // Apart from the picture, which would be copied for each pixel.
    var samples = picture.samples
    forEachPixel(of: layout) { pixel, place in
      let voxel = index(place.map { Int($0.rounded()) })
      let mean = (0..<channels).reduce(Float(0)) { $0 + scalars[$1 * count + voxel] } / Float(channels)
      for channel in 0..<3 {
        samples[3 * pixel + channel] = scale.sample(channels == 3 ? scalars[channel * count + voxel] : mean)
      }
    }
    picture.samples = samples
    return picture
  }

  /// A map `[d, h, w]` of any grid over the same volume, its values by interpolation, as a map of the picture's pixels.
  package func map(_ map: Tensor, through voxel: [Int]) -> Tensor {
    let layout = layout(through: voxel)
    var values = [Float](repeating: 0, count: layout.width * layout.height)
    forEachPixel(of: layout) { pixel, place in values[pixel] = interpolated(map, at: place) }
    return Tensor(values, shape: [layout.height, layout.width])
  }

  /// A map brought to the volume's own voxels, `[depth, height, width]`.
  package func voxels(of map: Tensor) -> Tensor {
    if map.shape == extents { return map }
    var values: [Float] = []
    values.reserveCapacity(extents.reduce(1, *))
    for z in 0..<extents[0] {
      for y in 0..<extents[1] {
        for x in 0..<extents[2] { values.append(interpolated(map, at: [Float(z), Float(y), Float(x)])) }
      }
    }
    return Tensor(values, shape: extents)
  }

  /// Where a map `[d, h, w]` is greatest, as a voxel of the volume.
  package func peak(of map: Tensor) -> [Int] {
    guard let place = map.scalars.indices.max(by: { map.scalars[$0] < map.scalars[$1] }), map.scalars[place] > 0 else {
      return middle
    }
    let cell = [place / (map.shape[1] * map.shape[2]), place / map.shape[2] % map.shape[1], place % map.shape[2]]
    return (0..<3).map { axis in
      min(extents[axis] - 1, Int((Float(cell[axis]) + 0.5) / Float(map.shape[axis]) * Float(extents[axis])))
    }
  }

  private func index(_ voxel: [Int]) -> Int {
    let inside = (0..<3).map { min(max(voxel[$0], 0), extents[$0] - 1) }
    return (inside[0] * extents[1] + inside[1]) * extents[2] + inside[2]
  }

  /// A map's value at a voxel's place: half-pixel trilinear.
  private func interpolated(_ map: Tensor, at place: [Float]) -> Float {
    var corners: [(index: Int, weight: Float)] = [(0, 1)]
    for axis in 0..<3 {
      let cells = map.shape[axis]
      let position = min(max((place[axis] + 0.5) / Float(extents[axis]) * Float(cells) - 0.5, 0), Float(cells - 1))
      let low = Int(position), high = min(low + 1, cells - 1), share = position - Float(low)
      corners = corners.flatMap { corner in
        [
          (corner.index * cells + low, corner.weight * (1 - share)),
          (corner.index * cells + high, corner.weight * share),
        ]
      }
    }
    return corners.reduce(0) { $0 + ($1.weight == 0 ? 0 : $1.weight * map.scalars[$1.index]) }
  }
}

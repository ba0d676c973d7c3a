public import Tensors

extension Segmentation {
  /// Simple linear iterative clustering: k-means of colour and place, each centre looking two grid steps around.
  ///
  ///     D² = d²_colour / m² + d²_place / S²                                                   (eq. 3, up to the factor m²)
  ///
  /// `S` is the step of the grid on which the centres start and `m` the compactness. Ten rounds, as in the paper; afterwards
  /// regions smaller than half a grid cell go to a neighbour, and none is larger than three cells.
  ///
  /// Source: Achanta et al., *SLIC superpixels compared to state-of-the-art superpixel methods*, TPAMI 2012,
  /// doi:10.1109/TPAMI.2012.120. Ties and the order of regions are those of scikit-image.
  ///
  /// - Parameters:
  ///   - picture: `[channels, height, width]`; three channels are sRGB. The range of its values is stretched to 0…1.
  ///   - count: About how many segments there should be.
  ///   - compactness: How much places count beside colours: the more, the squarer the segments.
  /// - Returns: The segments, each of them connected.
  public static func slic(_ picture: Tensor, count: Int, compactness: Double = 10) -> Segmentation {
    let (height, width) = (picture.shape[1], picture.shape[2])
    guard height > 0, width > 0 else { return Segmentation([], height: height, width: width) }
    var clusters = Clusters(of: LabPicture(picture.scaledToUnit()), count: max(count, 1), compactness: compactness)
    for _ in 0..<10 {
      clusters.assign()
      clusters.recenter()
    }
    let cell = Double(height * width) / Double(clusters.count)
    return Segmentation(
      connected(clusters.labels, height: height, width: width, sizes: Int(0.5 * cell)...max(Int(3 * cell), 1)),
      height: height, width: width)
  }

  /// The labels, each region of one label numbered by itself: one below the least size joins a region it touches, one that
  /// reaches the greatest ends there.
  private static func connected(_ labels: [Int], height: Int, width: Int, sizes: ClosedRange<Int>) -> [Int] {
    var result = Array(repeating: -1, count: labels.count)
    var (next, region) = (0, [Int]())
    for start in labels.indices where result[start] < 0 {
      var (neighbor, visited) = (0, 0)
      region.removeAll(keepingCapacity: true)
      region.append(start)
      result[start] = next
      while visited < region.count, region.count < sizes.upperBound {
        let (y, x) = region[visited].quotientAndRemainder(dividingBy: width)
        for (dy, dx) in [(0, 1), (0, -1), (1, 0), (-1, 0)] {
          guard (0..<height).contains(y + dy), (0..<width).contains(x + dx) else { continue }
          let place = (y + dy) * width + x + dx
          if result[place] < 0 {
            guard labels[place] == labels[start] else { continue }
            result[place] = next
            region.append(place)
            if region.count >= sizes.upperBound { break }
          } else if result[place] != next {
            neighbor = result[place]
          }
        }
        visited += 1
      }
      if region.count < sizes.lowerBound {
        for place in region { result[place] = neighbor }
      } else {
        next += 1
      }
    }
    return result
  }
}

/// Centres of colour and place, and the pixels that each has.
private struct Clusters {
  private let picture: LabPicture
  /// Of each centre: row, column, then its colour.
  private var centers: [[Double]]
  private let stepY: Int, stepX: Int
  private let placeWeight: Double
  private(set) var labels: [Int]

  var count: Int { centers.count }

  init(of picture: LabPicture, count: Int, compactness: Double) {
    var picture = picture
    for i in picture.scalars.indices { picture.scalars[i] /= compactness }
    self.picture = picture
    let grid = CenterGrid(height: picture.height, width: picture.width, count: count)
    // Colours of zero tell no two centres apart: the first round goes by place alone.
    centers = grid.places.map { [Double($0.y), Double($0.x)] + Array(repeating: 0, count: picture.channels) }
    let step = Double(max(grid.rows.step, grid.columns.step))
    placeWeight = 1 / (step * step)
    let search = CenterGrid(height: picture.height, width: picture.width, count: centers.count)
    (stepY, stepX) = (search.rows.step, search.columns.step)
    labels = Array(repeating: 0, count: picture.height * picture.width)
  }

  /// Gives each pixel to the nearest of the centres that look so far.
  mutating func assign() {
    var distances = Array(repeating: Double.infinity, count: labels.count)
    let (width, channels) = (picture.width, picture.channels)
    picture.scalars.withUnsafeBufferPointer { colors in
      for (k, center) in centers.enumerated() where !center[0].isNaN {
        let rows = Self.reach(of: center[0], step: stepY, extent: picture.height)
        let columns = Self.reach(of: center[1], step: stepX, extent: width)
        for y in rows {
          let dy = center[0] - Double(y)
          for x in columns {
            let (p, dx) = (y * width + x, center[1] - Double(x))
            var distance = (dy * dy + dx * dx) * placeWeight
            for c in 0..<channels {
              let difference = colors[p * channels + c] - center[2 + c]
              distance += difference * difference
            }
            if distance < distances[p] {
              distances[p] = distance
              labels[p] = k
            }
          }
        }
      }
    }
  }

  /// Moves each centre to the mean of its pixels; one without any is given up.
  mutating func recenter() {
    let (width, channels) = (picture.width, picture.channels)
    var sizes = Array(repeating: 0.0, count: count)
    var sums = Array(repeating: 0.0, count: count * (2 + channels))
    for (p, k) in labels.enumerated() {
      let (y, x) = p.quotientAndRemainder(dividingBy: width), start = k * (2 + channels)
      sizes[k] += 1
      sums[start] += Double(y)
      sums[start + 1] += Double(x)
      for c in 0..<channels { sums[start + 2 + c] += picture.scalars[p * channels + c] }
    }
    for k in centers.indices {
      for i in centers[k].indices { centers[k][i] = sums[k * (2 + channels) + i] / sizes[k] }
    }
  }

  private static func reach(of center: Double, step: Int, extent: Int) -> Range<Int> {
    let reach = Double(2 * step)
    return Int(max(center - reach, 0))..<Int(min(center + reach + 1, Double(extent)))
  }
}

/// Places on a regular grid of about so many points.
private struct CenterGrid {
  let rows: Line, columns: Line

  struct Line {
    let start: Int, step: Int, extent: Int

    /// Steps of about this length, of a pixel at least, from half of one.
    init(extent: Int, step: Double) {
      self.extent = extent
      start = Int(step / 2)
      self.step = max(1, Int(step.rounded(.toNearestOrEven)))
    }
  }

  var places: [(y: Int, x: Int)] {
    stride(from: rows.start, to: rows.extent, by: rows.step).flatMap { y in
      stride(from: columns.start, to: columns.extent, by: columns.step).map { x in (y: y, x: x) }
    }
  }

  /// Equal steps both ways, unless the shorter side is shorter than one: then it has one point.
  init(height: Int, width: Int, count: Int) {
    let step = (Double(height * width) / Double(count)).squareRoot()
    let shorter = min(height, width), isNarrow = step > Double(shorter)
    func line(_ extent: Int) -> Line {
      let narrow = extent == shorter ? Double(extent) : Double(extent) / Double(count)
      return Line(extent: extent, step: isNarrow ? narrow : step)
    }
    rows = line(height)
    columns = line(width)
  }
}

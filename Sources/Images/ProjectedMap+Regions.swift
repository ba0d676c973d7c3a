import Masks

/// A connected part of a map that stands out, in pixels of the photograph.
public struct MapRegion: Hashable, Sendable, Codable {
  /// The box around it; right and bottom are left out.
  public let left: Int, top: Int, right: Int, bottom: Int
  /// How many pixels it covers.
  public let area: Int
  /// How much of the map's positive evidence lies in it, from 0 to 1.
  public let share: Float
  /// The middle of its evidence, in continuous pixels.
  public let centroidX: Double, centroidY: Double

  /// The box around it.
  public var box: Rectangle {
    Rectangle(left: Double(left), top: Double(top), right: Double(right), bottom: Double(bottom))
  }
}

extension ProjectedMap {
  /// Where the map reaches a share of its maximum.
  ///
  /// - Parameter share: from 0 to 1.
  /// - Returns: One for each pixel; none where nothing is positive.
  public func mask(above share: Float) -> [Bool] {
    let most = seenValues.max() ?? 0
    guard most > 0 else { return Array(repeating: false, count: values.count) }
    let bound = share * most
    return values.indices.map { values[$0] > 0 && values[$0] >= bound && isSeen($0) }
  }

  /// The connected parts in which the map reaches a share of its maximum, the one with the most evidence first.
  ///
  /// - Parameter share: from 0 to 1, as 0.15 of the paper of Grad-CAM and of CAM's localisation.
  /// - Returns: Parts that pixels' sides connect.
  public func regions(above share: Float) -> [MapRegion] {
    let mask = mask(above: share)
    guard mask.contains(true) else { return [] }
    let labels = Segmentation(connecting: mask, height: height, width: width).labels
    let total = values.indices.reduce(0.0) { $0 + (isSeen($1) ? Double(max(0, values[$1])) : 0) }
    var parts: [Int: Part] = [:]
    for (pixel, isInside) in mask.enumerated() where isInside {
      parts[labels[pixel], default: Part()].add(x: pixel % width, y: pixel / width, Double(values[pixel]))
    }
    return parts.values.map { $0.region(of: total) }.sorted {
      ($0.share, $1.top, $1.left) > ($1.share, $0.top, $0.left)
    }
  }

  private var seenValues: some Sequence<Float> { values.indices.lazy.filter { isSeen($0) }.map { values[$0] } }

  private func isSeen(_ pixel: Int) -> Bool {
    seenColumns.contains(pixel % width) && seenRows.contains(pixel / width)
  }

  /// What is known of a part while its pixels are visited.
  private struct Part {
    var left = Int.max, top = Int.max, right = 0, bottom = 0, area = 0
    var evidence = 0.0, x = 0.0, y = 0.0

    mutating func add(x column: Int, y row: Int, _ value: Double) {
      (left, top) = (min(left, column), min(top, row))
      (right, bottom) = (max(right, column + 1), max(bottom, row + 1))
      area += 1
      evidence += value
      x += value * (Double(column) + 0.5)
      y += value * (Double(row) + 0.5)
    }

    func region(of total: Double) -> MapRegion {
      MapRegion(
        left: left, top: top, right: right, bottom: bottom, area: area, share: Float(evidence / total),
        centroidX: x / evidence, centroidY: y / evidence)
    }
  }
}

package import Explaining
import Images

/// An object that somebody marked in a photograph.
public struct MarkedObject: Sendable {
  /// What its class may be called by the network, the likeliest first; empty where it was given no class.
  public let names: [String]
  let outline: Outline
  /// The size of the photograph that boxes and corners were marked in, where that is said.
  private(set) var extent: (width: Int, height: Int)?

  /// How its pixels are told.
  enum Outline: Sendable {
    /// Left, top, width and height.
    case boxes([[Double]])
    /// The corners of polygons: x, y, x, y …
    case polygons([[Double]])
    case runs(RunLengths)
    /// For each pixel of the photograph, row by row.
    case pixels([Bool])
    /// A picture of the photograph's size, white inside.
    case mask(path: String)
  }

  init(names: [String], outline: Outline, extent: (width: Int, height: Int)? = nil) {
    (self.names, self.outline, self.extent) = (names, outline, extent)
  }

  /// An object in a box: left, top, right and bottom in pixels of the photograph.
  package init(box: [Double]) {
    self.init(names: [], outline: .boxes([[box[0], box[1], box[2] - box[0], box[3] - box[1]]]))
  }

  /// An object by a picture of the photograph's size, white inside.
  package init(mask path: String) { self.init(names: [], outline: .mask(path: path)) }

  /// The picture that tells its pixels, where one does.
  package var maskPath: String? { if case .mask(let path) = outline { path } else { nil } }

  /// All that is known of it but for the content of a mask, as a text.
  package var identity: String { maskPath == nil ? "\(names) \(outline)" : "\(names) mask" }

  /// An object by its pixels.
  ///
  /// - Parameters:
  ///   - names: what its class may be called by the network, the likeliest first.
  ///   - pixels: whether each pixel of the photograph belongs to it, row by row.
  public init(names: [String], _ pixels: [Bool]) { self.init(names: names, outline: .pixels(pixels)) }

  /// Which pixels of a photograph of this size it covers, row by row: of boxes and polygons, those whose centres lie
  /// inside.
  ///
  /// - Throws: ``ExplainingError`` where it was marked in a photograph of another size.
  package func pixels(width: Int, height: Int, of photograph: String) throws(ExplainingError) -> [Bool] {
    var inside = [Bool](repeating: false, count: width * height)
    switch outline {
    case .boxes(let boxes):
      let polygons = boxes.map { box in
        let (left, top, right, bottom) = (box[0], box[1], box[0] + box[2], box[1] + box[3])
        return [left, top, right, top, right, bottom, left, bottom]
      }
      try fill(polygons, in: &inside, width, height, of: photograph)
    case .polygons(let polygons): try fill(polygons, in: &inside, width, height, of: photograph)
    case .runs(let runs):
      guard runs.width == width, runs.height == height else {
        throw wrongSize("the mask of an object in", runs.width, runs.height, photograph, width, height)
      }
      inside = runs.pixels
    case .pixels(let pixels):
      guard pixels.count == width * height else {
        throw ExplainingError(
          .data,
          "the mask of an object in \(photograph) has \(pixels.count) pixels and the photograph \(width) × \(height)")
      }
      inside = pixels
    case .mask(let path):
      let mask: Mask
      do { mask = try Mask(contentsOf: path) } catch { throw ExplainingError(error) }
      guard mask.width == width, mask.height == height else {
        throw wrongSize("the mask \(path) for", mask.width, mask.height, photograph, width, height)
      }
      inside = mask.isInside
    }
    return inside
  }

  /// Sets the pixels inside of polygons, which are brought to the photograph's size where they were marked in a larger or
  /// smaller copy of it.
  private func fill(
    _ polygons: [[Double]], in inside: inout [Bool], _ width: Int, _ height: Int, of photograph: String
  ) throws(ExplainingError) {
    var (across, down) = (1.0, 1.0)
    if let extent, extent != (width, height) {
      (across, down) = (Double(width) / Double(extent.width), Double(height) / Double(extent.height))
      // Sides are whole numbers of pixels, so that the proportions of a copy differ by little.
      guard abs(across / down - 1) < 0.02 else {
        throw wrongSize("an object in", extent.width, extent.height, photograph, width, height)
      }
    }
    for polygon in polygons {
      let corners = polygon.indices.map { polygon[$0] * ($0.isMultiple(of: 2) ? across : down) }
      fillPolygon(corners, in: &inside, width, height)
    }
  }

  private func wrongSize(
    _ what: String, _ maskWidth: Int, _ maskHeight: Int, _ photograph: String, _ width: Int, _ height: Int
  ) -> ExplainingError {
    ExplainingError(
      .data,
      "\(what) \(photograph) was marked in \(maskWidth) × \(maskHeight) pixels and the photograph has \(width) × \(height): "
        + "make it as large")
  }
}

/// Sets the pixels whose centres lie inside of a polygon, by the even-odd rule.
package func fillPolygon(_ corners: [Double], in inside: inout [Bool], _ width: Int, _ height: Int) {
  let points = stride(from: 0, to: corners.count - 1, by: 2).map { (x: corners[$0], y: corners[$0 + 1]) }
  guard points.count > 2 else { return }
  /// The first column whose middle lies right of `x`; of what is beyond all numbers, an end of the row.
  func column(_ x: Double) -> Int { x.isNaN ? 0 : Int(min(max((x - 0.5).rounded(.up), 0), Double(width))) }
  for row in 0..<height {
    let y = Double(row) + 0.5
    var crossings: [Double] = []
    for (index, a) in points.enumerated() {
      let b = points[(index + 1) % points.count]
      guard (a.y <= y) != (b.y <= y) else { continue }
      crossings.append(a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x))
    }
    crossings.sort()
    for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
      let first = column(crossings[pair]), last = max(column(crossings[pair + 1]), first)
      for column in first..<last { inside[row * width + column] = true }
    }
  }
}

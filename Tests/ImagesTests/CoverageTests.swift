import AttributionKit
import Images
import Testing

/// From a part of the photograph to the cells of a grid.
@Suite struct CoverageTests {
  static let recipes: [Preprocessing.Resize] = [
    .centerCrop(keeping: 0.875), .centerCrop(keeping: 1), .exact, .letterbox(fill: 0),
  ]

  private func box(_ columns: Range<Int>, _ rows: Range<Int>, width: Int, height: Int) -> [Float] {
    (0..<height).flatMap { y in (0..<width).map { columns.contains($0) && rows.contains(y) ? 1 : 0 } }
  }

  /// Each cell by many points, asked one by one where they lie in the photograph.
  @Test(arguments: recipes, [(97, 61), (40, 120), (23, 23)])
  func `a cell is covered as far as its points lie inside`(resize: Preprocessing.Resize, extent: (Int, Int)) throws {
    let (w, h) = extent
    let geometry = try Preprocessing(resize: resize)
      .geometry(originalWidth: w, originalHeight: h, height: 56, width: 48)
    let (columns, rows) = (w / 4..<w - 3, h / 3..<h / 2 + 1)
    let coverage = geometry.coverage(of: box(columns, rows, width: w, height: h), height: 7, width: 5)
    #expect(coverage.count == 35)
    let fine = 40
    for cell in coverage.indices {
      var inside = 0
      for point in 0..<fine * fine {
        let x = (Double(cell % 5) + (Double(point % fine) + 0.5) / Double(fine)) * 48 / 5
        let y = (Double(cell / 5) + (Double(point / fine) + 0.5) / Double(fine)) * 56 / 7
        let place = geometry.original(inputX: x, y: y)
        let (column, row) = (Int(place.x.rounded(.down)), Int(place.y.rounded(.down)))
        if columns.contains(column), rows.contains(row) { inside += 1 }
      }
      #expect(abs(coverage[cell] - Float(inside) / Float(fine * fine)) < 0.05, "\(resize) \(cell)")
    }
    #expect(coverage.contains { $0 > 0.2 })
  }

  @Test func `all of the photograph fills a crop, and a letterbox but for its bars`() throws {
    let all = [Float](repeating: 1, count: 90 * 30)
    let crop = try Preprocessing().geometry(originalWidth: 90, originalHeight: 30, height: 32, width: 32)
    #expect(crop.coverage(of: all, height: 8, width: 8).allSatisfy { abs($0 - 1) < 1e-6 })
    let bars = try Preprocessing(resize: .letterbox(fill: 0))
      .geometry(originalWidth: 90, originalHeight: 30, height: 33, width: 33)
    let rows = bars.coverage(of: all, height: 33, width: 1)
    #expect(rows[..<11].allSatisfy { $0 == 0 } && rows[22...].allSatisfy { $0 == 0 })
    #expect(rows[11..<22].allSatisfy { abs($0 - 1) < 1e-6 })
  }

  @Test func `what a crop leaves out covers nothing, and one pixel of many a little`() throws {
    let geometry = try Preprocessing().geometry(originalWidth: 400, originalHeight: 100, height: 32, width: 32)
    let left = geometry.coverage(of: box(0..<100, 0..<100, width: 400, height: 100), height: 8, width: 8)
    #expect(left.allSatisfy { $0 == 0 })
    let one = geometry.coverage(of: box(200..<201, 50..<51, width: 400, height: 100), height: 8, width: 8)
    let seen = geometry.seen
    #expect(abs(one.reduce(0, +) - Float(64 / (seen.width * seen.height))) < 1e-5)
    #expect(one.count { $0 > 0 } == 1)
  }
}

import AttributionKit
import Foundation
import Tensors
import Testing

/// Boxes that are turned, and what of them overlaps.
@Suite struct TurnedBoxTests {
  private func box(_ x: Float, _ y: Float, _ width: Float, _ height: Float, degrees: Float = 0) -> TurnedBox {
    TurnedBox(x: x, y: y, width: width, height: height, angle: degrees * .pi / 180)
  }

  @Test func `corners turn clockwise as a picture is seen`() {
    let corners = box(10, 20, 4, 2, degrees: 90).corners
    for (corner, expected) in zip(corners, [(11, 18), (11, 22), (9, 22), (9, 18)] as [(Float, Float)]) {
      #expect(abs(corner.x - expected.0) < 1e-5 && abs(corner.y - expected.1) < 1e-5)
    }
    let hull = box(0, 0, 2, 2, degrees: 45).hull
    #expect(abs(hull.right - Float(2).squareRoot()) < 1e-6 && abs(hull.top + Float(2).squareRoot()) < 1e-6)
  }

  @Test func `upright ones overlap as boxes do, and a square turned by an eighth by the octagon`() {
    #expect(abs(box(2, 1, 4, 2).overlap(with: box(4, 1, 4, 2)) - 1.0 / 3) < 1e-6)
    #expect(abs(box(2, 1, 4, 2).overlap(with: box(2, 1, 2, 4, degrees: 90)) - 1) < 1e-5)
    // Two unit squares, one turned by 45°, share a regular octagon of area 2(√2 − 1).
    let octagon: Float = 2 * (Float(2).squareRoot() - 1)
    #expect(abs(box(500, 500, 1, 1).overlap(with: box(500, 500, 1, 1, degrees: 45)) - octagon / (2 - octagon)) < 1e-3)
    #expect(box(0, 0, 2, 2, degrees: 30).overlap(with: box(5, 0, 2, 2)) == 0)
    #expect(box(0, 0, 0, 2).overlap(with: box(0, 0, 0, 2)) == 0)
  }

  /// Two crossed bars whose upright boxes are the same.
  @Test func `turned boxes are suppressed by what they share themselves`() {
    let one = box(50, 50, 80, 8, degrees: 45), other = box(50, 50, 80, 8, degrees: -45)
    func detection(_ row: Int, _ turned: TurnedBox, isTurned: Bool) -> Detection {
      Detection(
        row: row, classIndex: 0, logit: 0, probability: 0.9, box: turned.hull, turned: isTurned ? turned : nil)
    }
    #expect(one.hull.overlap(with: other.hull) > 0.99)
    #expect(
      [detection(0, one, isTurned: true), detection(1, other, isTurned: true)].suppressed(overlap: 0.5, limit: 9).count
        == 2)
    #expect(
      [detection(0, one, isTurned: false), detection(1, other, isTurned: false)].suppressed(overlap: 0.5, limit: 9)
        .count == 1)
  }

  @Test func `key points are found by name or number`() {
    let points = KeyPoints(3, link: .sigmoid, names: ["nose", "left eye", "right eye"])
    #expect(points.index(of: "left_eye") == 1 && points.index(of: "Right Eye") == 2 && points.index(of: "0") == 0)
    #expect(points.index(of: "3") == nil && points.index(of: "chin") == nil)
    #expect(KeyPoints(2, link: nil, names: ["nose"]).names.isEmpty)
  }
}

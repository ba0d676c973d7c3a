import AttributionKit
import DemoNetwork
import Explaining
import Images
import Tensors
import Testing

/// The trained detector on scenes that it has never seen, whose boxes are known.
@Suite struct DemoDetectorTests {
  private let explainer: Explainer

  init() throws { explainer = try Explainer(.demoDetector) }

  /// One object of a scene: its box as it was drawn, the box that was found, and where its map is greatest.
  private struct Found {
    let drawn: Rectangle, box: Rectangle, peak: (x: Double, y: Double)
    func has(_ rectangle: Rectangle) -> Bool {
      rectangle.left <= peak.x && peak.x <= rectangle.right && rectangle.top <= peak.y && peak.y <= rectangle.bottom
    }
  }

  private func found(in scene: Scene, named name: String) throws -> [Found] {
    let question = Question(try scene.objects.map { try TargetExpression($0.kind.name) })
    let explained = try explainer.explain(
      [Picture(scene.raster, named: name)], question, by: explainer.methods("grad-cam"))
    return try zip(scene.objects, explained).map { object, explained in
      let map = try #require(explained.attributions.first).saliencyMap(.evidence)
      let projected = explained.subject.geometry.project(map.values.scalars, height: map.height, width: map.width)
      let peak = projected.values.indices.max { projected.values[$0] < projected.values[$1] } ?? 0
      let inside = object.mask.indices.filter { object.mask[$0] }, side = scene.raster.width
      let (columns, rows) = (inside.map { $0 % side }, inside.map { $0 / side })
      return Found(
        drawn: Rectangle(
          left: Double(columns.min() ?? 0), top: Double(rows.min() ?? 0), right: Double((columns.max() ?? 0) + 1),
          bottom: Double((rows.max() ?? 0) + 1)),
        box: try #require(explained.target.box?.place),
        peak: (Double(peak % projected.width) + 0.5, Double(peak / projected.width) + 0.5))
    }
  }

  @Test func `objects are found, their maps lie in their boxes, and each has its own`() throws {
    var (overlapping, inside, apart, total) = (0, 0, 0, 0)
    for number in 0..<40 {
      let pair = try found(in: Scene(pair: true, seed: 20_000_000 + UInt64(number), side: 112), named: "pair \(number)")
      for (own, other) in [(pair[0], pair[1]), (pair[1], pair[0])] {
        overlapping += own.box.overlap(with: own.drawn) >= 0.5 ? 1 : 0
        inside += own.has(own.box) ? 1 : 0
        apart += own.has(other.box) ? 0 : 1
        total += 1
      }
      let single = try found(
        in: Scene(pair: false, seed: 10_000_000 + UInt64(number), side: 112), named: "one \(number)")
      overlapping += single[0].box.overlap(with: single[0].drawn) >= 0.5 ? 1 : 0
      inside += single[0].has(single[0].box) ? 1 : 0
      total += 1
    }
    #expect(Double(overlapping) >= 0.95 * Double(total), "\(overlapping) of \(total)")
    #expect(Double(inside) >= 0.95 * Double(total), "\(inside) of \(total)")
    #expect(Double(apart) >= 0.95 * 80, "\(apart) of 80")
  }

  @Test func `boxes are numbered by how likely they are, and none of one class overlaps another`() throws {
    let scene = try #require(DemoNetwork.scenes.first)
    let picture = try explainer.predict(Picture(scene.drawn().raster, named: scene.name))
    let detections = try #require(picture.detections)
    #expect(!detections.isFaint && detections.listed.count >= 2)
    #expect(zip(detections.listed, detections.listed.dropFirst()).allSatisfy { $0.probability >= $1.probability })
    for (index, a) in detections.listed.enumerated() {
      for b in detections.listed[..<index] where a.classIndex == b.classIndex {
        #expect((a.box?.overlap(with: b.box ?? Box(left: 0, top: 0, right: 0, bottom: 0)) ?? 0) <= Detections.overlap)
      }
    }
    let names = Set(picture.predictions(top: 2).compactMap(\.label))
    #expect(names == Set(scene.kinds.map(\.name)))
  }
}

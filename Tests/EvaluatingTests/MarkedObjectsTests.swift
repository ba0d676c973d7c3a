import AttributionKit
import Evaluating
import Explaining
import Foundation
import Images
import Tensors
import TestSupport
import Testing

@Suite struct MarkedObjectsTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func marked(_ json: String) throws -> MarkedObjects {
    try MarkedObjects(try folder.write(json, to: "objects.json"))
  }

  private func pixels(_ marked: MarkedObjects, width: Int = 4, height: Int = 4) throws -> [[Int]] {
    try marked.objects(in: Picture("photos/a.jpg")).map { object in
      try object.pixels(width: width, height: height, of: "a.jpg").enumerated().filter(\.element).map(\.offset)
    }
  }

  @Test func `COCO's boxes, polygons and run lengths are read`() throws {
    let marked = try marked(
      """
      {"images": [{"id": 7, "file_name": "val/a.jpg"}, {"id": 8, "file_name": "b.jpg"}],
       "categories": [{"id": 3, "name": "dog"}],
       "annotations": [
        {"image_id": 7, "category_id": 3, "bbox": [1, 1, 2, 1], "segmentation": []},
        {"image_id": 7, "category_id": 3, "bbox": [0, 0, 4, 4], "segmentation": [[0, 0, 2, 0, 2, 2, 0, 2]]},
        {"image_id": 7, "category_id": 3, "segmentation": {"size": [4, 4], "counts": [4, 2, 10]}, "iscrowd": 1},
        {"image_id": 8, "category_id": 3, "bbox": [0, 0, 1, 1]}]}
      """)
    #expect(try pixels(marked) == [[5, 6], [0, 1, 4, 5], [1, 5]])
    #expect(marked.objects(in: Picture("a.jpg")).allSatisfy { $0.names == ["dog"] })
  }

  @Test func `boxes and corners follow a photograph of another size, and other proportions are refused`() throws {
    func objects(width: Int, height: Int) throws -> MarkedObjects {
      try marked(
        """
        {"images": [{"id": 1, "file_name": "a.jpg", "width": \(width), "height": \(height)}], "categories": [],
         "annotations": [{"image_id": 1, "bbox": [2, 2, 4, 2]},
          {"image_id": 1, "segmentation": [[0, 0, 4, 0, 4, 4, 0, 4]]}]}
        """)
    }
    #expect(try pixels(objects(width: 8, height: 8)) == [[5, 6], [0, 1, 4, 5]])
    #expect(throws: ExplainingError.self) { try pixels(objects(width: 8, height: 4)) }
  }

  @Test func `boxes beyond all numbers end at the photograph's edges`() throws {
    let marked = try marked(
      """
      [{"file": "a.jpg", "bbox": [0, 0, 1e308, 1e308]}, {"file": "a.jpg", "bbox": [2, -1e300, 1e308, 1e308]}]
      """)
    #expect(try pixels(marked) == [Array(0..<16), (0..<16).filter { $0 % 4 > 1 }])
  }

  @Test func `a class that cannot be read is none that the network has`() throws {
    let coco = try marked(
      """
      {"images": [{"id": 1, "file_name": "a.jpg"}], "categories": [{"id": 3, "name": "dog"}],
       "annotations": [{"image_id": 1, "category_id": 99, "bbox": [0, 0, 1, 1]}, {"image_id": 1, "bbox": [0, 0, 1, 1]}]}
      """)
    #expect(coco.objects(in: Picture("a.jpg")).map(\.names) == [["category 99"], []])
    let list = try marked(#"[{"file": "a.jpg", "bbox": [0, 0, 1, 1], "label": 244.5}]"#)
    #expect(list.objects(in: Picture("a.jpg"))[0].names == ["244.5"])
  }

  @Test func `a plain list is read, its words before its numbers`() throws {
    let marked = try marked(
      """
      [{"file": "a.jpg", "coco_category": "seat", "imagenet_class": 861, "class": 861, "imagenet_name": "toilet seat",
        "bboxes_xywh": [[0, 0, 1, 1], [3, 3, 1, 1]]}]
      """)
    #expect(try pixels(marked) == [[0, 15]])
    #expect(marked.objects(in: Picture("a.jpg"))[0].names == ["toilet seat", "861"])
  }

  @Test func `a folder of masks is read, each for the photograph of its name`() throws {
    var mask = Raster(width: 4, height: 4, fill: (0, 0, 0))
    mask[2, 0] = (255, 255, 255)
    try Data(mask.pngData()).write(to: folder.url.appendingPathComponent("a-mask.png"))
    let marked = try MarkedObjects(folder.url.path)
    #expect(try pixels(marked) == [[2]])
    #expect(marked.objects(in: Picture("a.jpg"))[0].names.isEmpty)
    #expect(marked.areOf([Picture("x.jpg"), Picture("y/a.png")]) && !marked.areOf([Picture("b.jpg")]))
    #expect(throws: ExplainingError.self) { try pixels(marked, width: 5) }
  }

  @Test(
    arguments: [
      "", "{}", "[1]", #"[{"class": "dog"}]"#, #"[{"file": "a.jpg"}]"#,
      #"[{"file": "a.jpg", "segmentation": {"size": [2, 2], "counts": [9]}}]"#,
      #"{"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": [{"image_id": 1}]}"#,
    ])
  func `what marks nothing is refused with the file's name`(json: String) throws {
    do {
      _ = try marked(json)
      Issue.record("taken")
    } catch let error as ExplainingError { #expect(error.description.contains("objects.json") && error.fault == .data) }
  }

  @Test func `a pixel belongs to a polygon where its centre lies inside`() {
    var inside = [Bool](repeating: false, count: 16)
    // A triangle below the diagonal.
    fillPolygon([0, 0, 4, 4, 0, 4], in: &inside, 4, 4)
    #expect(inside.enumerated().filter(\.element).map(\.offset) == [4, 8, 9, 12, 13, 14])
    // Beyond the photograph on all sides.
    fillPolygon([-9, -9, 99, -9, 99, 99, -9, 99], in: &inside, 4, 4)
    #expect(inside.allSatisfy { $0 })
  }

  @Test func `a case is made of each class that is marked and known, with its objects together`() throws {
    let explainer = try Example.explainer()
    let marked = MarkedObjects([
      "picture0.npy": [
        MarkedObject(names: ["dog"], (0..<16).map { $0 == 0 }),
        MarkedObject(names: ["zebra"], (0..<16).map { $0 == 1 }),
        MarkedObject(names: ["elk", "3"], (0..<16).map { $0 == 2 }),
        MarkedObject(names: ["dog"], (0..<16).map { $0 == 3 }),
      ]
    ])
    var cases: [JudgedCase] = []
    let metric = try ScriptedMetric.expression { _ in MetricResult(1) }
    _ = try explainer.evaluate(
      PictureQueue(Example.pictures(2)), by: explainer.methods("gradient"), with: [metric], marked: marked,
      answered: { _, judged, _ in cases += judged })
    #expect(cases.map(\.inquiry.targetName).prefix(2) == ["dog", "hen"])
    #expect(cases[0].object?.scalars == (0..<16).map { $0 == 0 || $0 == 3 ? 1 : 0 })
    #expect(cases[1].object?.scalars == (0..<16).map { $0 == 2 ? 1 : 0 })
    #expect(cases[0].unknown == ["zebra"])
    // Where nothing is marked, the prediction is judged without an object.
    #expect(cases.count == 3 && cases[2].object == nil && cases[2].inquiry.target.expression == "prediction")
  }

  @Test func `a question of one's own is held against the objects of its class, and those of no class`() throws {
    let explainer = try Example.explainer()
    let marked = MarkedObjects([
      "picture0.npy": [
        MarkedObject(names: ["dog"], (0..<16).map { $0 == 0 }), MarkedObject(names: [], (0..<16).map { $0 == 5 }),
      ]
    ])
    var objects: [Tensor?] = []
    let metric = try ScriptedMetric.expression { _ in MetricResult(1) }
    _ = try explainer.evaluate(
      PictureQueue(Example.pictures(1)), asking: Question([.classes("dog"), .classes("cat")]),
      by: explainer.methods("gradient"), with: [metric], marked: marked,
      answered: { _, judged, _ in objects += judged.map(\.object) })
    #expect(objects[0]?.scalars == (0..<16).map { $0 == 0 || $0 == 5 ? 1 : 0 })
    #expect(objects[1]?.scalars == (0..<16).map { $0 == 5 ? 1 : 0 })
  }
}

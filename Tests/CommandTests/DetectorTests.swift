import Foundation
import Images
import TestSupport
import Tensors
import Testing

/// The demo detector, asked about its boxes.
@Suite struct DetectorTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private func run(_ arguments: String...) throws -> Command.Run { try Command.run(arguments, in: folder) }

  struct Prediction: Decodable {
    let boxes: [Box]
  }

  struct Box: Decodable {
    let number: Int?, row: Int, index: Int, label: String?, probability: Float, logit: Float
    let left: Double, top: Double, right: Double, bottom: Double
  }

  struct Explained: Decodable {
    let target: Target, layer: Layer, grid: [Int], regions: [MapRegion]?, score: Score
    struct Target: Decodable { let index: Int?, label: String?, box: Box? }
    struct Layer: Decodable { let name: String }
    struct Score: Decodable { let kind: String, value: Float }
  }

  private func boxes(_ scene: String) throws -> [Box] {
    let run = try run("predict", scene, "--demo", "detector", "--json")
    #expect(run.status == 0, "\(run.errors)")
    return try JSONDecoder().decode([Prediction].self, from: Data(run.output.utf8))[0].boxes
  }

  private func explain(_ arguments: String...) throws -> Explained {
    let run = try Command.run(["explain", "--demo", "detector", "--json"] + arguments, in: folder)
    #expect(run.status == 0, "\(arguments): \(run.errors)")
    return try JSONDecoder().decode(Explained.self, from: Data(run.output.utf8))
  }

  @Test func `both objects of a scene are listed with their boxes, and drawn`() throws {
    let found = try boxes("fish-and-sailboat")
    #expect(found.count == 2 && Set(found.map(\.label)) == ["fish", "sailboat"])
    for box in found {
      #expect(box.probability > 0.5 && box.left < box.right && box.top < box.bottom && box.right <= 448)
    }
    let drawn = try run("predict", "fish-and-sailboat", "--demo", "detector", "-o", "boxes.png")
    #expect(drawn.status == 0 && drawn.output.contains("Written: boxes.png"))
    #expect(try Raster(contentsOf: folder.path("boxes.png")).width == 720)
  }

  @Test func `a box is named by number, place, row and class alike`() throws {
    let found = try boxes("rocket-and-moon")
    let moon = try #require(found.first { $0.label == "moon" })
    let byNumber = try explain("rocket-and-moon", "--box", "\(try #require(moon.number))")
    let area = [moon.left + 3, moon.top - 2, moon.right, moon.bottom].map { "\($0)" }.joined(separator: ",")
    for words in [["--box", area], ["--box", "row:\(moon.row)"], ["--target", "moon"]] {
      let run = try Command.run(["explain", "rocket-and-moon", "--demo", "detector", "--json"] + words, in: folder)
      let other = try JSONDecoder().decode(Explained.self, from: Data(run.output.utf8))
      #expect(other.target.box?.row == moon.row && other.target.label == "moon", "\(words)")
      #expect(other.score.value == byNumber.score.value && other.layer.name == byNumber.layer.name)
    }
    #expect(abs(byNumber.score.value - moon.logit) < 1e-5 && byNumber.score.kind == "logit")
    let rocket = try explain("rocket-and-moon", "--box", "row:\(moon.row)", "--target", "rocket")
    #expect(rocket.target.label == "rocket" && rocket.score.value < byNumber.score.value)
    let edge = try explain("rocket-and-moon", "--target", "moon", "--score", "left")
    #expect(edge.score.kind == "left" && abs(Double(edge.score.value) * 4 - moon.left) < 0.5)
  }

  @Test func `the other object's box has another map, and both are drawn`() throws {
    let rows = try run(
      "compare", "--demo", "detector", "--methods", "grad-cam,gradient", "--box", "all", "-o", "s.png", "--json")
    #expect(rows.status == 0, "\(rows.errors)")
    let reports = try JSONDecoder().decode([Explained].self, from: Data(rows.output.utf8))
    #expect(reports.count == 4 && Set(reports.compactMap(\.target.label)).count == 2)
    for (name, target) in [("a", "fish"), ("b", "sailboat")] {
      #expect(
        try run("explain", "fish-and-sailboat", "--demo", "detector", "--target", target, "-o", "\(name).npy").status
          == 0)
    }
    let (a, b) = (try folder.array("a.npy"), try folder.array("b.npy"))
    #expect(a.shape != b.shape || a.scalars != b.scalars)
  }

  @Test func `parts of a map are told, masked and cut out`() throws {
    let explained = try explain("house", "--boxes", "0.3", "--mask", "m.png", "-o", "o.png", "--crop")
    let first = try #require(explained.regions?.first)
    #expect(first.share > 0.2 && first.right <= 448 && first.area > 100)
    let mask = try Mask(contentsOf: folder.path("m.png"))
    #expect(mask.width == 448 && mask.isInside.count { $0 } == explained.regions?.reduce(0) { $0 + $1.area })
    #expect(mask.isInside[Int(first.centroidY) * 448 + Int(first.centroidX)])
    #expect(try Raster(contentsOf: folder.path("o.png")).width < 448 * 2)
  }

  @Test(arguments: [
    (["--box", "9"], "there is no box 9: 2 were found"), (["--box", "row:245"], "there is no row 245"),
    (["--box", "0"], "numbered from 1"), (["--box", "3,4,5"], "is not a box"), (["--box", "9,4,5,8"], "is empty"),
    (["--score", "objectness"], "no objectness"), (["--box", "all"], "limn compare"),
    (["--region", "all"], "leave it out"), (["--score", "mask"], "makes no masks"),
    (["--score", "angle"], "upright"), (["--score", "keypoint:nose"], "finds no key points"),
    (["--score", "keypoint:"], "--score"),
  ])
  func `what cannot be asked is told in a sentence`(words: [String], sentence: String) throws {
    let run = try Command.run(["explain", "fish-and-sailboat", "--demo", "detector"] + words, in: folder)
    #expect(run.status != 0 && run.errors.contains(sentence), "\(run.errors)")
  }

  @Test func `a classifier has no boxes`() throws {
    let box = try run("explain", "house", "--box", "1")
    #expect(box.status != 0 && box.errors.contains("a box is asked of a detector"))
    let edge = try run("explain", "house", "--score", "left")
    #expect(edge.status != 0 && edge.errors.contains("score of a detector's boxes"))
    let focused = try run("explain", "house", "--focus", "box")
    #expect(focused.status != 0 && focused.errors.contains("--focus box shows a box"))
    let drawn = try run("predict", "house", "-o", "b.png")
    #expect(drawn.status != 0 && drawn.errors.contains("draws the boxes of a detector"))
  }
}

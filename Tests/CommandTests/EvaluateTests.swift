import Foundation
import Images
import Testing

/// `limn evaluate` and `limn metrics`, as people run them.
@Suite struct EvaluateTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  @Test func `the demo is judged on its own scenes, the same twice`() throws {
    let arguments = [
      "evaluate", "--methods", "grad-cam,random", "--metrics", "insertion(steps=8)", "-o", "result.csv",
    ]
    let first = try Command.run(arguments, in: folder), table = try folder.text("result.csv")
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.output.contains("12 photographs, 24 targets"))
    #expect(first.output.contains("Insertion (steps=8): grad-cam is better than all others on 12 photographs"))
    #expect(table.split(separator: "\r\n").count == 1 + 24 * 2)
    let second = try Command.run(arguments, in: folder)
    #expect(second.output == first.output)
    #expect(try folder.text("result.csv") == table)
  }

  @Test func `every number is printed as JSON`() throws {
    let run = try Command.run(
      ["evaluate", "--methods", "grad-cam", "--metrics", "deletion(steps=2)", "--json"], in: folder)
    let report = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    #expect((report["measurements"] as? [Any])?.count == 24 && report["photographs"] as? Int == 12)
  }

  @Test func `a photograph with a mask is judged, and plotted`() throws {
    try folder.writePhotograph()
    let photograph = try Raster(contentsOf: folder.path("photo.png"))
    try FileManager.default.createDirectory(atPath: folder.path("masks"), withIntermediateDirectories: true)
    var mask = Raster(width: photograph.width, height: photograph.height, fill: (0, 0, 0))
    mask[3, 3] = (255, 255, 255)
    try Data(mask.pngData()).write(to: folder.url.appendingPathComponent("masks/photo.png"))
    let run = try Command.run(
      [
        "evaluate", "photo.png", "--masks", "masks", "--methods", "grad-cam", "--metrics", "insertion(steps=2)", "-o",
        "plots.svg",
      ], in: folder)
    #expect(run.status == 0 && run.output.contains("One photograph, one target"), "\(run.errors)")
    #expect(run.output.contains("[–]"), "one photograph has no interval")
    #expect(try folder.text("plots.svg").contains("</svg>"))
  }

  @Test(
    arguments: [
      (["--metrics", "insertoin"], 64, "did you mean insertion"),
      (["--metrics", "insertion(step=3)"], 64, "no parameter 'step'"),
      (["--metrics", "insertion(steps=none)"], 64, "a whole number"),
      (["--metrics", "insertion*deletion"], 64, "cannot be multiplied"),
      (["-o", "result.txt"], 64, "json, csv, html, png, jpg, pdf or svg"),
      (["--masks", "nowhere.json"], 66, "nowhere.json"),
      (["photo.png", "--metrics", "localization"], 64, "say where objects are (--masks)"),
    ] as [([String], Int32, String)])
  func `what cannot be judged is told before any work`(arguments: [String], status: Int32, words: String) throws {
    let run = try Command.run(["evaluate"] + arguments, in: folder)
    #expect(run.status == status && run.errors.contains(words), "\(run.errors)")
    #expect(run.output.isEmpty)
  }

  @Test func `marks of other photographs are told`() throws {
    try folder.writePhotograph()
    try Data(#"[{"file": "other.jpg", "class": 1, "bbox": [0, 0, 2, 2]}]"#.utf8).write(
      to: folder.url.appendingPathComponent("objects.json"))
    for command in ["evaluate", "recommend"] {
      let run = try Command.run(
        [command, "photo.png", "--masks", "objects.json", "--methods", "grad-cam"], in: folder)
      #expect(run.status == 65 && run.errors.contains("marks nothing in these photographs"), "\(command)")
    }
  }

  @Test func `metrics are had as another library has them, and a note says so`() throws {
    try folder.writePhotograph()
    let run = try Command.run(
      [
        "evaluate", "photo.png", "--compat", "quantus", "--methods", "random", "--metrics",
        "sparseness, complexity, pointing-game(ties=share)", "--json",
      ], in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("as quantus does: sparseness(epsilon=1e-07), pointing-game(tolerance=0)"))
    #expect(run.output.contains("\"sparseness(epsilon=1e-07)\"") && run.output.contains("\"complexity\""))
  }

  @Test func `mosaics are made of the photographs themselves`() throws {
    let run = try Command.run(
      ["evaluate", "--methods", "grad-cam, random", "--metrics", "focus, grid-pointing-game, sufficiency"], in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("Focus: grad-cam is ahead"), "\(run.output)")
    #expect(run.output.contains("sufficiency"))
  }

  @Test func `metrics are listed with what they say, and told about one by one`() throws {
    let list = try Command.run(["metrics"], in: folder)
    #expect(list.output.contains("Faithfulness") && list.output.contains("insertion"))
    let one = try Command.run(["metrics", "insertion"], in: folder)
    #expect(one.output.contains("Higher is better; 0 … 1.") && one.output.contains("arXiv:1806.07421"))
    let json = try Command.run(["metrics", "--json"], in: folder)
    #expect((try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [Any])?.isEmpty == false)
  }
}

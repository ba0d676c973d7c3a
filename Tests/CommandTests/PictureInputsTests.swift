import AttributionKit
import Explaining
import Foundation
import ONNXFiles
import Tensors
import TestSupport
import Testing

/// Networks that take several pictures, and what each of them is attributed.
@Suite struct PictureInputsTests {
  let folder: Folder
  let images = ["left": Tensor.ramp([3, 16, 16]), "right": Tensor.ramp([3, 16, 16], phase: 0.7)]

  init() throws {
    folder = try Folder()
    for (name, image) in images { try folder.write(numbers: image.scalars, shape: image.shape, to: "\(name).npy") }
    try folder.write(ONNXFile.pair(3).bytes, to: "pair.onnx")
    try folder.writePhotograph()
  }

  private func explainer(_ picture: Picture, attributing inputs: [String] = []) throws -> Explainer {
    var file = NetworkFile(folder.path("pair.onnx"))
    (file.inputs, file.attributedInputs) = (["right": picture], inputs)
    return try Explainer(file)
  }

  /// The derivative of the first class's score by the input that is attributed to.
  private func gradient(_ left: String, _ right: String, by input: String) throws -> Tensor {
    let explainer = try explainer(Picture(folder.path("\(right).npy")), attributing: [input])
    let explained = try explainer.explain(
      Picture(folder.path("\(left).npy")), targets: ["0"], methods: "gradient")
    return explained[0].attributions[0].values
  }

  @Test func `what speaks for a class on one side of a difference speaks against it on the other`() throws {
    let left = try gradient("left", "right", by: "left"), right = try gradient("right", "left", by: "right")
    #expect(left.scalars.contains { $0 != 0 })
    #expect(left.distance(to: right.map { -$0 }) < 1e-6)
    #expect(try gradient("left", "right", by: "right").distance(to: right) > 1e-3)
  }

  @Test func `each input is explained at a layer that it reaches, in a row of its own`() throws {
    let explainer = try explainer(Picture(folder.path("right.npy")), attributing: ["left", "right"])
    let rows = try explainer.explain(Picture(folder.path("left.npy")), targets: ["0"], methods: "grad-cam")
    #expect(rows.map(\.subject.title) == ["left: left.npy", "right: right.npy"])
    #expect(rows.map { $0.attributions[0].layer.name } == ["left features", "right features"])
    #expect(rows[0].answer.logits == rows[1].answer.logits)
  }

  @Test func `other pictures are prepared as the photograph is, or as the manifest says`() throws {
    func companion(_ explainer: Explainer) throws -> Subject { try #require(explainer.companions.first).subject }
    let photograph = Picture(folder.path("photo.png"))
    let usual = try companion(explainer(photograph))
    #expect(
      usual.preprocessing
        == .presets.first { $0.name == "imagenet" }.map { recipe in
          var recipe = recipe.preprocessing
          recipe.resize = .usual(height: 16, width: 16)
          return recipe
        })
    try folder.write(#"{"inputs": {"right": {"preset": "raw255"}}}"#, to: "pair.limn.json")
    var file = NetworkFile(folder.path("pair.onnx"))
    _ = try file.followManifestBeside()
    file.inputs = ["right": photograph]
    let told = try companion(Explainer(file))
    #expect(told.preprocessing?.scale == 1 && told.input.scalars.max() ?? 0 > 100)
    file.attributedInputs = ["right"]
    let seen = try Explainer(file).explain(Picture(folder.path("left.npy")), targets: ["0"], methods: "gradient")[0]
    #expect(seen.inquiry.picture.explainer.preprocessing == told.preprocessing, "whatever else it is shown")
  }

  @Test func `the command takes pictures and arrays for other inputs`() throws {
    let run = try Command.run(
      [
        "compare", "left.npy", "--model", "pair.onnx", "--input", "right=photo.png", "--attribute", "left,right",
        "--target",
      ]
        + ["0", "--methods", "grad-cam,gradient", "-o", "sheet.png"], in: folder)
    #expect(run.status == 0 && FileManager.default.fileExists(atPath: folder.path("sheet.png")), "\(run.errors)")
    let array = try Command.run(
      ["explain", "left.npy", "--model", "pair.onnx", "--input", "right=right.npy", "--attribute", "right", "--target"]
        + ["0", "--method", "gradient", "-o", "map.npy"], in: folder)
    #expect(array.status == 0, "\(array.errors)")
    let expected = try gradient("left", "right", by: "right")
    #expect(try folder.array("map.npy").distance(to: expected) < 1e-6)
  }

  @Test func `inputs that are not there, or have no picture, are told with those that are`() throws {
    func refusal(_ arguments: String...) throws -> String {
      let run = try Command.run(
        ["explain", "left.npy", "--model", "pair.onnx", "-o", "map.npy"] + arguments, in: folder)
      #expect(run.status != 0 && !FileManager.default.fileExists(atPath: folder.path("map.npy")))
      return run.errors
    }
    #expect(try refusal().contains("2 inputs (left, right)"))
    #expect(
      try refusal("--input", "middle=photo.png").contains("no input 'middle' to fill; its inputs are left, right"))
    #expect(try refusal("--input", "right=right.npy", "--attribute", "middle").contains("there is left"))
    #expect(
      try refusal("--input", "right=photo.png", "--input", "left=photo.png").contains(
        "one must be left for the photograph"))
    #expect(try refusal("--input", "right=none.png").contains("none.png"))
    #expect(
      try refusal("--input", "right=photo.png", "--attribute", "left,right").contains("a row for each input"))
  }
}

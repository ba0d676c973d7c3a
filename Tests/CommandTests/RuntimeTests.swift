import Foundation
import Runtimes
import Tensors
import Testing

/// `--runtime`.
@Suite struct RuntimeTests {
  static let variable = OnnxRuntime.variable
  static let isThere = (try? OnnxRuntime()) != nil
  static let remedy = "ONNX Runtime is not installed: set LIMN_ONNXRUNTIME to its library"

  let folder: Folder

  init() throws { folder = try Folder() }

  private func run(_ arguments: String...) throws -> Command.Run {
    let named = ProcessInfo.processInfo.environment[Self.variable]
    return try Command.run(arguments, in: folder, environment: named.map { [Self.variable: $0] } ?? [:])
  }

  @Test(arguments: ["explain butterfly-and-cup -o a.npy", "compare -o a.png", "batch photo.png -o maps"])
  func `a library that is not there is an input that is missing`(line: String) throws {
    try folder.writePhotograph()
    let run = try Command.run(
      line.split(separator: " ").map(String.init) + ["--runtime", "onnxruntime"], in: folder,
      environment: [Self.variable: "/nowhere/at-all"])
    #expect(run.status == 66, "\(run.errors)")
    #expect(run.errors.contains("LIMN_ONNXRUNTIME=/nowhere/at-all: "), "\(run.errors)")
    #expect(!folder.has("a.npy") && !folder.has("a.png"))
  }

  @Test(arguments: ["abacus", "onnxruntime:", "limn:cuda"]) func `other runtimes are refused`(name: String) throws {
    let run = try run("explain", "butterfly-and-cup", "--runtime", name, "-o", "a.npy")
    #expect(run.status == 64)
    #expect(run.errors.contains(name) && run.errors.contains("limn|onnxruntime[:provider]"), "\(run.errors)")
  }

  @Test(.enabled(if: isThere, "\(remedy)"), arguments: ["grad-cam", "score-cam(top=4)", "grad-cam * guided-backprop"])
  func `maps are the same, and say what computed them`(method: String) throws {
    _ = try run("explain", "butterfly-and-cup", "--method", method, "-o", "own.npy")
    let hosted = try run(
      "explain", "butterfly-and-cup", "--method", method, "-o", "hosted.npy", "--runtime", "onnxruntime")
    #expect(hosted.status == 0, "\(hosted.errors)")
    #expect(hosted.errors.contains("computed by ONNX Runtime "), "\(hosted.errors)")
    let own = try folder.array("own.npy"), found = try folder.array("hosted.npy")
    #expect(!MapDeviation(of: found, from: own).isNotable)
    let report = try run(
      "explain", "butterfly-and-cup", "--method", method, "--json", "--runtime", "onnxruntime:cpu")
    #expect(report.output.contains("computed by ONNX Runtime "))
  }

  @Test(.enabled(if: isThere, "\(remedy)")) func `what cannot be exported is told once, and computed all the same`()
    throws
  {
    let own = try run("compare", "-o", "own.npz", "--methods", "eigen-cam,grad-cam")
    let hosted = try run("compare", "-o", "hosted.npz", "--methods", "eigen-cam,grad-cam", "--runtime", "onnxruntime")
    #expect(own.status == 0 && hosted.status == 0, "\(hosted.errors)")
    #expect(hosted.errors.components(separatedBy: "eigen-cam cannot be exported").count == 2, "\(hosted.errors)")
  }

  @Test(.enabled(if: isThere, "\(remedy)"))
  func `a page names the runtime at its foot, and whose maps it did not compute`()
    throws
  {
    let run = try run("compare", "-o", "a.html", "--methods", "grad-cam,eigen-cam", "--runtime", "onnxruntime")
    #expect(run.status == 0, "\(run.errors)")
    let page = try folder.text("a.html"), own = try OnnxRuntime()
    #expect(page.contains(" · maps computed by ONNX Runtime \(own.version), CPU, those of Eigen-CAM by Limn itself"))
  }

  @Test(.enabled(if: isThere, "\(remedy)")) func `a detector is explained by Limn itself`() throws {
    let run = try run(
      "compare", "--demo", "detector", "--methods", "grad-cam", "-o", "a.png", "--runtime", "onnxruntime")
    #expect(run.status == 0 && run.errors.contains("as a detector's boxes are chosen by numbers"), "\(run.errors)")
  }

  @Test(.enabled(if: isThere, "\(remedy)")) func `a provider that the library lacks is missing`() throws {
    let run = try run("explain", "butterfly-and-cup", "--runtime", "onnxruntime:abacus", "-o", "a.npy")
    #expect(run.status == 66)
    #expect(run.errors.contains("and not with abacus"), "\(run.errors)")
  }

  @Test(.enabled(if: isThere, "\(remedy)")) func `results of a data set are of the runtime that made them`() throws {
    try folder.writePhotograph()
    let first = try run("batch", "photo.png", "-o", "maps", "--save", "npy", "--runtime", "onnxruntime")
    #expect(first.status == 0, "\(first.errors)")
    let again = try run("batch", "photo.png", "-o", "maps", "--save", "npy", "--runtime", "onnxruntime")
    #expect(again.output.contains("1 were finished before"), "\(again.output)")
    #expect(try folder.text("maps/manifest.json").contains(#""runtime" : "ONNX Runtime "#))
    let own = try run("batch", "photo.png", "-o", "maps", "--save", "npy")
    #expect(!own.output.contains("finished before"), "\(own.output)")
    #expect(try folder.text("maps/results.jsonl").contains("ONNX Runtime") == false)
  }
}

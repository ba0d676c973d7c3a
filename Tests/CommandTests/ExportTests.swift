import Foundation
import ONNXFiles
import Testing

/// `limn export`: what it says where there is no file to write.
@Suite struct ExportTests {
  let folder: Folder

  init() throws {
    folder = try Folder()
    try folder.write(ONNXFile.vector(4).leavingBatchOpen().bytes, to: "net.onnx")
  }

  private func export(_ arguments: String...) throws -> Command.Run {
    try Command.run(["export"] + arguments + ["-o", "map.onnx"], in: folder)
  }

  @Test(arguments: ["ablation-cam", "full-grad", "eigen-cam", "shapley-cam", "blur-ig", "rise", "lime"])
  func `a method that has no file is refused in words, with what to do`(method: String) throws {
    let run = try export("net.onnx", "--method", method)
    let sentence = run.errors.split(separator: "\n").last.map(String.init) ?? ""
    #expect(run.status == 65 && !folder.has("map.onnx"))
    #expect(sentence.hasPrefix("limn: \(method) cannot be exported: "), "\(sentence)")
    #expect(sentence.contains("Documentation/Exporting.md") || sentence.contains("ask for fewer"), "\(sentence)")
    #expect(!sentence.contains("Trace") && !sentence.contains("Error") && !sentence.contains("inf"), "\(sentence)")
  }

  /// What `explain` says of such a network, and not that naming a class would help.
  @Test(arguments: ["prediction", "input"]) func `an answer that is about no class`(target: String) throws {
    try folder.write(ONNXFile.maps(1).ending(in: [.init("Relu", ["z"])]).bytes, to: "depth.onnx")
    let run = try export("depth.onnx", "--target", target)
    #expect(run.status == 65 && !folder.has("map.onnx"), "\(run.errors)")
    #expect(run.errors.contains("can never be negative") && run.errors.contains("--answer numbers"), "\(run.errors)")
    let numbers = try export("depth.onnx", "--answer", "numbers")
    #expect(numbers.status == 0 && folder.has("map.onnx"), "\(numbers.errors)")
  }
}

import AttributionKit
import Formats
import Foundation
import ONNXFiles
import TestSupport
import Testing

/// How photographs are prepared for networks whose input says more than its shape.
@Suite struct PreparationTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func open(_ file: ONNXFile) throws -> OpenedModel {
    try ONNXFormat().open(ModelRequest(path: folder.write(file.bytes, to: "net.onnx")))
  }

  @Test func `signed bytes are samples less 128, and others are samples`() throws {
    let signed = try open(.vector(3).declaring(.int8))
    #expect(signed.preprocessing?.mean == [128] && signed.preprocessing?.scale == 1)
    #expect(signed.notes.contains { $0.sentence.contains("−128…127") && $0.sentence.contains("assumed") })
    #expect(signed.notes.contains { $0.setting?.name == "recipe" })
    let bytes = try open(.vector(3).declaring(.uint8))
    #expect(bytes.preprocessing?.mean == Preprocessing.raw255.mean && bytes.preprocessing?.scale == 1)
    #expect(bytes.notes.contains { $0.sentence.contains("samples of 0…255 as they are") })
    #expect(try open(.vector(3)).preprocessing == nil)
  }

  @Test func `of several inputs, the one that is no photograph is to be fixed`() throws {
    for (inputs, other) in [([("mask", 1), ("pixels", 3)], "mask"), ([("left", 3), ("right", 3)], "right")] {
      let file = ONNXFile.products(of: inputs.map { ($0.0, [1, $0.1, 16, 16]) })
      let error = #expect(throws: ModelFileError.self) { try open(file) }
      #expect(error?.description.contains("such as '\(other)'") == true, "\(error as Any)")
    }
  }
}

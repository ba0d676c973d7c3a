import AttributionKit
import DemoNetwork
import Formats
import Foundation
import ONNXFiles
import Testing
import TestSupport

/// Which format opens which file.
@Suite struct FormatListTests {
  struct Added: ModelFormat {
    let identifier = "added"
    let summary = "Whatever begins with a safetensors header."
    func recognizes(_ contents: UnsafeRawBufferPointer, at path: String) -> Bool {
      contents.count > 8 && contents[8] == 0x7B
    }
    func open(_ request: ModelRequest) throws -> OpenedModel { throw Refusal("never") }
  }

  @Test func `the list has one place for what is added, and ONNX takes what is left`() {
    let names = BuiltInFormats.all(with: [Added()]).map(\.identifier)
    #expect(names == ["keras", "torch-export", "added", "timm", "hugging-face", "weights", "demo", "onnx"])
    #expect(Set(names).count == names.count)
    #expect(BuiltInFormats.all().allSatisfy { !$0.summary.isEmpty && $0.summary.hasSuffix(".") })
  }

  static let zip: [UInt8] = [0x50, 0x4B, 0x03, 0x04] + Array(repeating: 0, count: 60)
  static let hdf5: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A] + Array(repeating: 0, count: 60)
  static let safetensors: [UInt8] = [16, 0, 0, 0, 0, 0, 0, 0] + Array(#"{"__metadata__":{}"#.utf8)

  @Test(arguments: [
    (safetensors, "weights"), (hdf5, "keras"), (zip, "onnx"), (Array("hello".utf8), "onnx"), ([], "onnx"),
    (Array("{\"a\":1}".utf8), "onnx"),
  ]) func `a file is known by its content`(bytes: [UInt8], format: String) {
    let first = bytes.withUnsafeBytes { bytes in BuiltInFormats.all().first { $0.recognizes(bytes, at: "any.name") } }
    #expect(first?.identifier == format)
  }

  @Test func `an added format goes before bare weights`() {
    let first = Self.safetensors.withUnsafeBytes { bytes in
      BuiltInFormats.all(with: [Added()]).first { $0.recognizes(bytes, at: "any.name") }
    }
    #expect(first?.identifier == "added")
  }

  @Test func `the demo network is opened by name, with all that belongs to it`() throws {
    let opened = try DemoFormat().open(ModelRequest(path: "demo"))
    #expect(opened.model.input.shape == [3, DemoNetwork.inputSide, DemoNetwork.inputSide])
    #expect(opened.outputShape == [DemoNetwork.labels.count] && opened.classNames == DemoNetwork.labels)
    #expect(opened.preprocessing?.resize == .exact && opened.title == "Limn's demo network" && opened.notes.isEmpty)
    #expect(opened.opset != nil)
  }

  @Test func `oneDNN tells its version`() { #expect(BuiltInFormats.oneDNNVersion.split(separator: ".").count == 3) }
}

import FileKinds
import Foundation
import ONNXImport
import Testing

@Suite struct `Files that are not models` {
  private func failure(_ bytes: [UInt8]) -> ONNXError? {
    do throws(ONNXError) {
      _ = try ONNXModel(decoding: Data(bytes), named: "net")
      return nil
    } catch {
      return error
    }
  }

  @Test func `a missing file, a folder and an empty file are told apart`() throws {
    #expect(throws: ONNXError.missingFile("/nowhere/net.onnx")) { try ONNXModel(contentsOf: "/nowhere/net.onnx") }
    let folder = FileManager.default.temporaryDirectory.path
    #expect(throws: ONNXError.self) { try ONNXModel(contentsOf: folder) }
    #expect(failure([]) == .emptyFile("net"))
  }

  @Test func `other formats are recognised by content`() {
    let beginnings: [([UInt8], FileKind)] = [
      ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A], .png), ([0xFF, 0xD8, 0xFF, 0xE0], .jpeg),
      ([0x50, 0x4B, 0x03, 0x04, 0, 0], .cutArchive), ([0x80, 0x02, 0x8A], .pickle),
      ([0x89, 0x48, 0x44, 0x46, 0x0D], .hdf5), ([0x1C, 0, 0, 0] + Array("TFL3".utf8), .tensorFlowLite),
      ([0x40, 0, 0, 0, 0, 0, 0, 0] + Array("{\"a\":1}".utf8), .safetensors),
      (Array("version https://git-lfs.github.com/spec/v1".utf8), .largeFilePointer),
      (Array("<!DOCTYPE html>".utf8), .web), (Array("hello, this is a text".utf8), .text),
      ([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59], .numpy), ([0, 1, 2, 3, 4], .unknown),
    ]
    for (bytes, kind) in beginnings { #expect(failure(bytes) == .notONNX("net", looksLike: kind)) }
  }

  @Test func `a model cut short is called truncated`() throws {
    let weights = tensor("w", [1000], [Float](repeating: 1, count: 1000))
    let bytes = try modelMessage(input: [1000], weights: [weights], [node("Add", ["x", "w"])]).bytes
    #expect(failure(Array(bytes.prefix(bytes.count / 2))) == .truncated("net"))
  }

  @Test func `a message nested without end is refused`() throws {
    // A graph in an attribute of a node in a graph, four thousand times over.
    var nested: [UInt8] = []
    for _ in 0..<4000 {
      for tag in [0x32, 0x2A, 0x0A] as [UInt8] { nested = [tag] + varint(nested.count) + nested }
    }
    let graph = [0x3A] + varint(nested.count) + nested
    #expect(failure([0x08, 0x08] + graph) == .notONNX("net", looksLike: .unknown))
  }

  @Test func `opsets outside 7 to 28 are refused with a remedy`() throws {
    for opset: Int64 in [0, 6, 29, 4000] {
      #expect(try modelMessage(opset: opset, [node("Relu", ["x"])]).failure() == .unsupportedOpset(Int(opset)))
    }
    for opset: Int64 in 7...28 { #expect(try modelMessage(opset: opset, [node("Relu", ["x"])]).failure() == nil) }
  }

  private func varint(_ number: Int) -> [UInt8] {
    var (rest, bytes) = (number, [UInt8]())
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }
}

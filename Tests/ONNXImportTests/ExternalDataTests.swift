import Foundation
import GraphEngine
import Kernels
import ONNXImport
import SwiftProtobuf
import Tensors
import Testing

/// A folder of its own for each test.
private func temporaryFolder() throws -> URL {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("limn-onnx-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  return folder
}

@Suite struct `External data` {
  private func message(_ entries: [String: String]) -> TensorMessage {
    .with {
      $0.name = "w"
      $0.dims = [2]
      $0.dataType = 1
      $0.dataLocation = 1
      $0.externalData = entries.map { entry in
        .with {
          $0.key = entry.key; $0.value = entry.value
        }
      }
    }
  }

  /// Writes a model and 16 bytes of weights, 1 2 3 4, and reads them back.
  private func read(_ entries: [String: String]) throws -> Result<ONNXModel, ONNXError> {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let model = modelMessage(input: [2], weights: [message(entries)], [node("Add", ["x", "w"])])
    let file = folder.appendingPathComponent("model.onnx")
    try model.bytes.write(to: file)
    try ([1, 2, 3, 4] as [Float]).withUnsafeBytes { try Data($0).write(to: folder.appendingPathComponent("w.bin")) }
    do throws(ONNXError) {
      return .success(try ONNXModel(contentsOf: file.path))
    } catch {
      return .failure(error)
    }
  }

  private func failure(_ entries: [String: String]) throws -> ONNXError? {
    guard case .failure(let error) = try read(entries) else { return nil }
    return error
  }

  @Test func `weights beside the model are read from their offset`() throws {
    let graph = try read(["location": "w.bin", "offset": "8", "length": "8"]).get().graph()
    #expect(graph.constants["w"]?.scalars == [3, 4])
    let whole = try read(["location": "w.bin"]).get().graph()
    #expect(whole.constants["w"]?.scalars == [1, 2])
  }

  @Test func `a missing file is named`() throws {
    #expect(try failure(["location": "other.bin"]) == .missingExternalData(tensor: "w", file: "other.bin"))
  }

  @Test(arguments: [
    ["location": "../w.bin"], ["location": "/etc/passwd"], ["location": "sub/../../w.bin"], [:],
    ["location": "w.bin", "offset": "12"], ["location": "w.bin", "offset": "9223372036854775807"],
    ["location": "w.bin", "offset": "-8"], ["location": "w.bin", "length": "4"],
    ["location": "w.bin", "offset": "eight"],
  ])
  func `no file outside the folder and nothing beyond a file's end is read`(_ entries: [String: String]) throws {
    guard case .invalidExternalData(tensor: "w", _) = try failure(entries) else {
      Issue.record("\(entries) gave \(String(describing: try failure(entries)))")
      return
    }
  }
}

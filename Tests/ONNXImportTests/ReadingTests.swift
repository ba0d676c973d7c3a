import Foundation
import GraphEngine
import Kernels
import ONNXImport
import SwiftProtobuf
import Tensors
import Testing

@Suite struct `Reading tensors` {
  /// The network `x + w`, which shows what was read as `w`.
  private func sum(with weights: TensorMessage) throws -> [Float] {
    let model = modelMessage(input: [2], weights: [weights], [node("Add", ["x", "w"])])
    return try model.output(for: Tensor([0, 0], shape: [2])).scalars
  }

  private func message(_ type: Int32, _ change: (inout TensorMessage) -> Void) -> TensorMessage {
    .with {
      $0.name = "w"
      $0.dims = [2]
      $0.dataType = type
      change(&$0)
    }
  }

  private func raw<T>(_ values: [T]) -> Data { values.withUnsafeBytes { Data($0) } }

  @Test
  func `nodes that are listed before what they read are put in order, and those that wait for each other refused`()
    throws
  {
    let shuffled = modelMessage(
      input: [2], weights: [message(1) { $0.floatData = [1, -3] }],
      [node("Neg", ["r"], ["y"]), node("Relu", ["s"], ["r"]), node("Add", ["x", "w"], ["s"])])
    #expect(try shuffled.output(for: Tensor([0, 1], shape: [2])).scalars == [-1, 0])
    let circular = modelMessage(
      input: [2], weights: [], [node("Add", ["x", "b"], ["a"]), node("Neg", ["a"], ["b"]), node("Neg", ["a"], ["y"])])
    #expect(throws: (any Error).self) { try circular.output(for: Tensor([0, 1], shape: [2])) }
  }

  @Test(arguments: 0..<4)
  func `large weights are read wherever they lie in the file`(_ shift: Int) throws {
    let numbers = (0..<5000).map { Float($0) / 8 }
    var model = modelMessage(
      input: [5000],
      weights: [
        .with {
          $0.name = "unused"
          $0.dims = [0]
          $0.dataType = 1
        },
        message(1) {
          $0.dims = [5000]
          $0.rawData = raw(numbers)
        },
      ], [node("Add", ["x", "w"])])
    model.producerName = String(repeating: "p", count: shift)
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("limn-\(UUID().uuidString).onnx")
    defer { try? FileManager.default.removeItem(at: file) }
    try model.bytes.write(to: file)
    for read in [try ONNXModel(contentsOf: file.path), try ONNXModel(decoding: model.bytes)] {
      #expect(read.producer.hasPrefix(model.producerName))
      let graph = try read.graph()
      #expect(graph.constants["w"]?.scalars == numbers)
      #expect(try Plan(graph).outputs(for: [NDArray(repeating: 1, shape: [5000])])[0].scalars == numbers.map { $0 + 1 })
    }
  }

  @Test func `raw data of every element type is read`() throws {
    let cases: [(Int32, Data)] = [
      (1, raw([1.5 as Float, -2])), (11, raw([1.5, -2.0])), (10, raw([0x3E00, 0xC000] as [UInt16])),
      (16, raw([0x3FC0, 0xC000] as [UInt16])),
    ]
    for (type, data) in cases {
      #expect(try sum(with: message(type) { $0.rawData = data }) == [1.5, -2], "element type \(type)")
    }
    let integers: [(Int32, Data)] = [
      (2, raw([3, 7] as [UInt8])), (3, raw([3, 7] as [Int8])), (4, raw([3, 7] as [UInt16])),
      (5, raw([3, 7] as [Int16])), (6, raw([3, 7] as [Int32])), (7, raw([3, 7] as [Int64])),
      (12, raw([3, 7] as [UInt32])), (13, raw([3, 7] as [UInt64])),
    ]
    for (type, data) in integers {
      #expect(try sum(with: message(type) { $0.rawData = data }) == [3, 7], "element type \(type)")
    }
    #expect(try sum(with: message(9) { $0.rawData = Data([0, 5]) }) == [0, 1])
  }

  @Test func `typed fields are read`() throws {
    #expect(try sum(with: message(1) { $0.floatData = [1.5, -2] }) == [1.5, -2])
    #expect(try sum(with: message(11) { $0.doubleData = [1.5, -2] }) == [1.5, -2])
    #expect(try sum(with: message(10) { $0.int32Data = [0x3E00, 0xC000] }) == [1.5, -2])
    #expect(try sum(with: message(16) { $0.int32Data = [0x3FC0, 0xC000] }) == [1.5, -2])
    #expect(try sum(with: message(7) { $0.int64Data = [3, -7] }) == [3, -7])
    #expect(try sum(with: message(6) { $0.int32Data = [3, -7] }) == [3, -7])
    #expect(try sum(with: message(9) { $0.int32Data = [0, 1] }) == [0, 1])
    #expect(try sum(with: message(13) { $0.uint64Data = [3, 7] }) == [3, 7])
  }

  @Test func `half precision covers subnormals and infinities`() throws {
    let bits: [UInt16] = [0x0001, 0xFC00]
    #expect(try sum(with: message(10) { $0.rawData = raw(bits) }) == [0x1p-24, -.infinity])
    #expect(try sum(with: message(10) { $0.rawData = raw([0x03FF, 0x8001] as [UInt16]) }) == [0x3FFp-24, -0x1p-24])
  }

  @Test func `a tensor whose data does not fill its shape is refused`() throws {
    for length in [0, 7, 12] {
      let weights = message(1) { $0.rawData = Data(count: length) }
      let error = try modelMessage(input: [2], weights: [weights], [node("Add", ["x", "w"])]).failure()
      guard case .malformedTensor(name: "w", _) = error else {
        Issue.record("\(length) bytes gave \(String(describing: error))")
        continue
      }
    }
  }

  @Test func `a tensor that claims gigabytes is refused before anything is allocated`() throws {
    for shape: [Int64] in [[1 << 40], [Int64.max, Int64.max], [-1, -1], [1 << 16, 1 << 16, 1 << 16, 1 << 16]] {
      let weights = TensorMessage.with {
        $0.name = "w"
        $0.dims = shape
        $0.dataType = 1
        $0.rawData = Data(count: 8)
      }
      let error = try modelMessage(weights: [weights], [node("Add", ["x", "w"])]).failure()
      guard case .malformedTensor(name: "w", _) = error else {
        Issue.record("\(shape) gave \(String(describing: error))")
        continue
      }
    }
  }

  @Test func `strings and narrow floats are named when they are refused`() throws {
    for (type, name) in [(8, "string"), (14, "complex64"), (18, "float8"), (99, "number 99")] as [(Int32, String)] {
      let error = try modelMessage(weights: [message(type) { _ in }], [node("Add", ["x", "w"])]).failure()
      #expect(error == .unsupportedElementType(tensor: "w", type: name))
    }
  }
}

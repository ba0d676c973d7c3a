import Foundation
import GraphEngine
import Kernels
import ONNXImport
import SwiftProtobuf
import TestSupport
import Testing

/// ONNX's own operator cases: each is computed right or refused in a sentence, never computed wrong.
@Suite(.enabled(if: TestData.isAvailable, Comment(rawValue: TestData.remedy)))
struct `The conformance suite of ONNX` {
  /// How much of a case is known beforehand.
  enum Knowledge: CaseIterable { case nothing, allButFirst, everything }

  @Test(arguments: Knowledge.allCases)
  func `no case is computed wrong`(_ knowledge: Knowledge) throws {
    let folder = try TestData.file("onnx-conformance")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    var computed = 0
    for name in names where name.hasPrefix("test_") {
      guard let run = try ConformanceCase(folder.appendingPathComponent(name)) else { continue }
      switch try run.outcome(knowing: knowledge) {
      case .right: computed += 1
      case .refused: break
      case .wrong(let reason): Issue.record("\(name): \(reason)")
      }
    }
    // Most of those are refused rightly; that hardly any is computed would be a bug of this test.
    #expect(computed > 150)
  }
}

/// One case: a model, its inputs and the outputs expected.
struct ConformanceCase {
  enum Outcome { case right, refused(ONNXError), wrong(String) }

  private let model: ModelMessage
  private let inputs: [TensorMessage]
  private let expected: TensorMessage

  init?(_ folder: URL) throws {
    model = try ModelMessage(serializedBytes: Data(contentsOf: folder.appendingPathComponent("model.onnx")))
    let data = folder.appendingPathComponent("test_data_set_0")
    let count = model.graph.input.count
    // Sequences and optional values are not tensors; such cases are none of this importer's.
    guard !model.graph.output.isEmpty, model.graph.input.allSatisfy(\.type.hasTensorType) else { return nil }
    inputs = try (0..<count).map { index in
      try TensorMessage(serializedBytes: Data(contentsOf: data.appendingPathComponent("input_\(index).pb")))
    }
    expected = try TensorMessage(serializedBytes: Data(contentsOf: data.appendingPathComponent("output_0.pb")))
  }

  func outcome(knowing knowledge: `The conformance suite of ONNX`.Knowledge) throws -> Outcome {
    var model = model
    // Later opsets widen the element types of the operators read here, and change nothing else of them.
    for index in model.opsetImport.indices {
      model.opsetImport[index].version = min(22, model.opsetImport[index].version)
    }
    var fed: [[Float]] = []
    var fedMessages: [TensorMessage] = []
    var remaining: [Limn_Onnx_ValueInfoProto] = []
    for (index, input) in model.graph.input.enumerated() {
      var tensor = inputs[index]
      let isKnown = knowledge == .everything || knowledge == .allButFirst && index > 0
      if isKnown || ![1, 10, 11].contains(tensor.dataType) {
        tensor.name = input.name
        model.graph.initializer.append(tensor)
      } else {
        guard let values = tensor.reals else { return .refused(.malformedGraph("not read")) }
        remaining.append(input)
        fed.append(values)
        fedMessages.append(tensor)
      }
    }
    model.graph.input = remaining
    let output = model.graph.output[0].name
    if remaining.isEmpty {
      fed = [model.makeDependent(output)]
      remaining = model.graph.input
    }
    do throws(ONNXError) {
      let lowered = try ONNXModel(decoding: (try? model.bytes) ?? Data())
      var shapes: [String: [Int]] = [:]
      for (input, tensor) in zip(model.graph.input, fedMessages) { shapes[input.name] = tensor.dims.map { Int($0) } }
      let graph = try lowered.graph(inputShapes: shapes)
      var byName: [String: [Float]] = [:]
      for (input, values) in zip(remaining, fed) { byName[input.name] = values }
      // An input that the output does not depend on is not one of the graph.
      return compare(graph, graph.inputs.map { byName[$0.name] ?? [] })
    } catch {
      return .refused(error)
    }
  }

  private func compare(_ graph: Graph, _ fed: [[Float]]) -> Outcome {
    do {
      for (input, values) in zip(graph.inputs, fed) where values.count != input.shape.reduce(1, *) {
        return .wrong("\(values.count) numbers for \(input)")
      }
      let arrays = zip(graph.inputs, fed).map { NDArray($1, shape: $0.shape) }
      let result = try Plan(graph).outputs(for: arrays)[0]
      guard let wanted = expected.reals else { return .wrong("its expected output cannot be read") }
      let shape = expected.dims.map { Int($0) }
      guard result.shape == shape else { return .wrong("\(result.shape) rather than \(shape)") }
      // Half and double precision differ from float32 by their rounding.
      let tolerance: Float = expected.dataType == 10 ? 2e-3 : 2e-5
      for (a, b) in zip(result.scalars, wanted) where !(a == b || a.isNaN && b.isNaN) {
        if !(abs(a - b) <= tolerance * max(1, abs(b))) { return .wrong("\(a) rather than \(b)") }
      }
      return .right
    } catch {
      return .wrong("\(error)")
    }
  }
}

extension ModelMessage {
  /// Adds a zero from a new input to an output, which would otherwise be all constant; returns what to feed.
  fileprivate mutating func makeDependent(_ output: String) -> [Float] {
    graph.input = [
      .with {
        $0.name = "zero input"; $0.type = tensorType([])
      }
    ]
    graph.node.append(node("Cast", [output], ["as real"], [attribute("to", 1)]))
    graph.node.append(node("Add", ["as real", "zero input"], ["sum"]))
    graph.output = [.with { $0.name = "sum" }]
    return [0]
  }
}

extension TensorMessage {
  /// The elements as reals, by means other than the importer's; `nil` for types no network here has.
  fileprivate var reals: [Float]? {
    func read<T>(_: T.Type, _ real: (T) -> Float) -> [Float] {
      rawData.withUnsafeBytes { bytes in
        let width = MemoryLayout<T>.size
        return (0..<(bytes.count / width)).map { real(bytes.loadUnaligned(fromByteOffset: $0 * width, as: T.self)) }
      }
    }
    switch dataType {
    case 1: return rawData.isEmpty ? floatData : read(Float.self) { $0 }
    case 2: return read(UInt8.self) { Float($0) }
    case 3: return read(Int8.self) { Float($0) }
    case 4: return read(UInt16.self) { Float($0) }
    case 5: return read(Int16.self) { Float($0) }
    case 6: return rawData.isEmpty ? int32Data.map { Float($0) } : read(Int32.self) { Float($0) }
    case 7: return rawData.isEmpty ? int64Data.map { Float($0) } : read(Int64.self) { Float($0) }
    case 9: return read(UInt8.self) { $0 == 0 ? 0 : 1 }
    case 11: return read(Double.self) { Float($0) }
    case 12: return read(UInt32.self) { Float($0) }
    case 13: return read(UInt64.self) { Float($0) }
    #if arch(arm64) || os(Linux)
      case 10: return read(Float16.self) { Float($0) }
    #endif
    default: return nil
    }
  }
}

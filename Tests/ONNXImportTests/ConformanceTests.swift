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
  /// Which inputs of a case are fed when the network runs; the others are constants of the file.
  enum Feeding: CaseIterable { case everything, reals, firstReal, nothing }

  private func cases() throws -> [ConformanceCase] { try ConformanceCase.all }

  @Test(arguments: Feeding.allCases)
  func `no case is computed wrong, and a refusal names operator and opset`(_ feeding: Feeding) throws {
    for conformanceCase in try cases() {
      switch try conformanceCase.outcome(feeding: feeding) {
      case .right: break
      case .wrong(let reason): Issue.record("\(conformanceCase.name): \(reason)")
      case .refused(let error):
        let sentence = "\(error)"
        // The addition is this test's own, see `makeDependent`.
        let isNamed = conformanceCase.operators.union(["Add"]).contains(where: sentence.contains)
        if case .unsupportedOpset = error { continue }
        #expect(isNamed && sentence.contains("opset"), "\(conformanceCase.name): \(sentence)")
      }
    }
  }

  /// A case passes where the image can reach it: with its real inputs fed, or at least the first; those that have none
  /// need to be right as constants only.
  @Test func `the cases that pass are those listed`() throws {
    let listed = try ConformanceCase.listed
    let passing = Set(try cases().filter { try $0.passes() }.map(\.name))
    #expect(listed.subtracting(passing).sorted() == [], "these no longer pass")
    #expect(passing.subtracting(listed).sorted() == [], "these pass, and belong in Tests/Conformance/passing.txt")
    #expect(passing.count >= 600)
  }
}

/// One case: a model, its inputs and the outputs expected.
struct ConformanceCase {
  enum Outcome {
    case right, refused(ONNXError), wrong(String)

    var isRight: Bool { if case .right = self { true } else { false } }
  }

  /// All cases of the suite, by name.
  static var all: [ConformanceCase] {
    get throws {
      let folder = try TestData.file("onnx-conformance")
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      return try names.filter { $0.hasPrefix("test_") }.map { try ConformanceCase(folder.appendingPathComponent($0)) }
    }
  }

  /// The names of the cases that are known to pass.
  static var listed: Set<String> {
    get throws {
      let list = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Conformance/passing.txt")
      return Set(try String(contentsOf: list, encoding: .utf8).split(separator: "\n").map(String.init))
    }
  }

  let name: String
  let model: ModelMessage
  let inputs: [TensorMessage]
  let expected: [TensorMessage]

  /// The operators of the case's model.
  var operators: Set<String> { Set(model.graph.node.map(\.opType)) }

  init(_ folder: URL) throws {
    name = folder.lastPathComponent
    model = try ModelMessage(serializedBytes: Data(contentsOf: folder.appendingPathComponent("model.onnx")))
    let data = folder.appendingPathComponent("test_data_set_0")
    func tensors(_ stem: String, _ count: Int) throws -> [TensorMessage] {
      try (0..<count).map { index in
        try TensorMessage(serializedBytes: Data(contentsOf: data.appendingPathComponent("\(stem)_\(index).pb")))
      }
    }
    // Sequences and optional values are not tensors; such cases are read only to be refused.
    let isOfTensors = model.graph.input.allSatisfy(\.type.hasTensorType)
    inputs = isOfTensors ? try tensors("input", model.graph.input.count) : []
    expected = isOfTensors ? try tensors("output", model.graph.output.count) : []
  }

  func passes() throws -> Bool {
    let hasReals = inputs.contains { $0.isReal }
    return try (hasReals ? [.reals, .firstReal] : [.nothing]).contains { try outcome(feeding: $0).isRight }
  }

  /// The worst outcome among those of the outputs.
  func outcome(feeding: `The conformance suite of ONNX`.Feeding) throws -> Outcome {
    var worst = Outcome.right
    for index in model.graph.output.indices {
      switch try outcome(of: index, feeding: feeding) {
      case .right: break
      case .wrong(let reason): return .wrong("output \(index): \(reason)")
      case .refused(let error): worst = .refused(error)
      }
    }
    return worst
  }

  /// The model with some of its inputs made constants, and the tensors for the others.
  func prepared(
    feeding: `The conformance suite of ONNX`.Feeding
  ) -> (model: ModelMessage, fed: [String: TensorMessage]) {
    var model = model
    var fed: [String: TensorMessage] = [:]
    for (position, input) in model.graph.input.enumerated() where position < inputs.count {
      var tensor = inputs[position]
      let isFed =
        switch feeding {
        case .everything: tensor.reals?.allSatisfy { abs($0) < 0x1p24 || !$0.isFinite } ?? false
        case .reals: tensor.isReal
        case .firstReal: tensor.isReal && fed.isEmpty
        case .nothing: false
        }
      tensor.name = input.name
      let count = tensor.dims.reduce(1) { $0 * Int($1) }
      if isFed, count > 0, tensor.reals?.count == count {
        fed[input.name] = tensor
      } else {
        model.graph.initializer.append(tensor)
      }
    }
    model.graph.input.removeAll { fed[$0.name] == nil && !expected.isEmpty }
    return (model, fed)
  }

  private func outcome(of index: Int, feeding: `The conformance suite of ONNX`.Feeding) throws -> Outcome {
    var (model, fed) = prepared(feeding: feeding)
    let output = model.graph.output[index].name
    do throws(ONNXError) {
      return compare(try lowered(model, output, fed), fed, expected[index])
    } catch ONNXError.malformedGraph {
      // An output that depends on nothing fed, such as a shape, is made to.
      model.makeDependent(output)
      fed["zero input"] = .with {
        $0.floatData = [0]; $0.dataType = 1
      }
    } catch {
      return .refused(error)
    }
    do throws(ONNXError) {
      return compare(try lowered(model, "made dependent", fed), fed, expected[index])
    } catch {
      return .refused(error)
    }
  }

  func lowered(
    _ model: ModelMessage, _ output: String, _ fed: [String: TensorMessage]
  ) throws(ONNXError) -> Graph {
    let shapes = fed.mapValues { $0.dims.map { Int($0) } }
    return try ONNXModel(decoding: (try? model.bytes) ?? Data()).graph(inputShapes: shapes, output: output)
  }

  private func compare(_ graph: Graph, _ fed: [String: TensorMessage], _ expected: TensorMessage) -> Outcome {
    do {
      // An input that the output does not depend on is not one of the graph.
      let arrays = graph.inputs.map { NDArray(fed[$0.name]?.reals ?? [], shape: $0.shape) }
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
  /// Adds a zero from a new input to an output, which would otherwise be all constant.
  fileprivate mutating func makeDependent(_ output: String) {
    graph.input.append(
      .with {
        $0.name = "zero input"; $0.type = tensorType([])
      })
    graph.node.append(node("Cast", [output], ["as real"], [attribute("to", 1)]))
    graph.node.append(node("Add", ["as real", "zero input"], ["made dependent"]))
    graph.output.append(.with { $0.name = "made dependent" })
  }
}

extension TensorMessage {
  var isReal: Bool { [1, 10, 11, 16].contains(dataType) }

  /// The elements as reals, by means other than the importer's; `nil` for types no network here has.
  var reals: [Float]? {
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
    case 21, 22:
      // Two to a byte, the low half first.
      let halves = rawData.flatMap { [Int($0 & 15), Int($0 >> 4)] }
      return halves.prefix(dims.reduce(1) { $0 * Int($1) }).map { Float(dataType == 22 && $0 > 7 ? $0 - 16 : $0) }
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

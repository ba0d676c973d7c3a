import Foundation
import GraphEngine
import Kernels
import ONNXImport
import Testing

/// Networks with what onnxruntime or PyTorch makes of them, by `Tests/Tools/runtime_cases.py` and `operator_cases.py`, in
/// the folder named by `LIMN_RUNTIME_CASES`.
enum RuntimeCases {
  static let folder = ProcessInfo.processInfo.environment["LIMN_RUNTIME_CASES"].map {
    URL(fileURLWithPath: $0, isDirectory: true)
  }
  static let remedy: Comment =
    "write the cases with Tests/Tools/runtime_cases.py or operator_cases.py and set LIMN_RUNTIME_CASES to their folder"

  static let names: [String] = {
    guard let folder, let all = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else { return [] }
    return all.filter { $0.hasSuffix(".onnx") }.map { String($0.dropLast(5)) }.sorted()
  }()
}

@Suite(.enabled(if: RuntimeCases.folder != nil, RuntimeCases.remedy))
struct `Networks of others` {
  @Test(arguments: RuntimeCases.names) func `compute what others compute, gradients too`(name: String) throws {
    let place = try #require(RuntimeCases.folder).appendingPathComponent(name)
    let (x, y) = (try numbers(in: place, "input"), try numbers(in: place, "output"))
    let model = try ONNXModel(contentsOf: place.path + ".onnx")
    let shapes = [model.inputs[0].name: x.shape]
    let graph = try model.graph(batch: x.shape[0], inputShapes: shapes)
    let trace = try Plan(graph).trace([NDArray(x.scalars, shape: x.shape)])
    let result = try trace.value(named: graph.outputs[0])
    #expect(result.shape == y.shape)
    expect(result.scalars, y.scalars, within: 2e-4)
    guard FileManager.default.fileExists(atPath: place.path + ".gradient.npy") else { return }
    // Of Σ sin(j + 1) · output[j].
    let gradient = try numbers(in: place, "gradient")
    let cotangent = NDArray(result.scalars.indices.map { sinf(Float($0) + 1) }, shape: result.shape)
    let walk = try BackwardPass(through: trace, from: graph.outputs[0], cotangent: cotangent)
    let pulled = try #require(try walk.cotangent(of: graph.inputs[0].name))
    expect(pulled.scalars, gradient.scalars, within: 1e-4)
  }

  private func expect(_ found: [Float], _ expected: [Float], within tolerance: Float) {
    let scale = expected.map(abs).max() ?? 0
    let worst = zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
    #expect(worst <= tolerance * scale, "off by \(worst / scale)")
  }

  private func numbers(in place: URL, _ kind: String) throws -> (shape: [Int], scalars: [Float]) {
    let data = try Data(contentsOf: place.appendingPathExtension("\(kind).npy"))
    let start = 10 + Int(data[8]) + Int(data[9]) << 8
    let header = String(decoding: data[10..<start], as: UTF8.self)
    let extents = try #require(header.firstMatch(of: /'shape': \(([0-9, ]*)\)/)).output.1
    let shape = extents.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
    let scalars = data[start...].withUnsafeBytes { bytes in
      (0..<shape.reduce(1, *)).map { Float(bitPattern: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)) }
    }
    return (shape, scalars)
  }
}

import Exporting
import Foundation
import GraphEngine
import Kernels
import ONNXImport
import SwiftProtobuf
import Testing

/// Operators as they are written in ONNX's, read again and run: the same numbers forwards and backwards.
@Suite struct WrittenOperatorTests {
  static let samples = OperatorSample.all.filter { $0.op is any WritableOperator }

  @Test(arguments: samples, [13, 18]) func `what is written computes what the operator does`(
    sample: OperatorSample, opset: Int
  ) throws {
    for index in sample.inputs.indices {
      let written = try Rewritten(sample, varying: index, opset: opset)
      // Constants come first: weights are none of what varies.
      guard let op = sample.op as? any WritableOperator, let forward = try? written.forward(op) else { continue }
      let expected = try sample.op.forward(sample.inputs).scalars
      #expect(isClose(forward, expected), "input \(index): \(forward.prefix(4)) instead of \(expected.prefix(4))")
    }
  }

  @Test(arguments: samples, [13, 18]) func `what is written is the pullback`(
    sample: OperatorSample, opset: Int
  ) throws {
    let op = try #require(sample.op as? any WritableOperator)
    let cotangent = ramp(try sample.shape(), phase: 0.71)
    for index in sample.inputs.indices {
      guard let expected = try? sample.pullback(cotangent, to: index) else { continue }
      let written = try Rewritten(sample, varying: index, opset: opset)
      let pulled: [Float]
      do { pulled = try written.pullback(op, cotangent) } catch is ShapeError { continue }
      #expect(
        isClose(pulled, expected.scalars),
        "input \(index): \(pulled.prefix(4)) instead of \(expected.scalars.prefix(4))")
    }
  }

  @Test func `nearly all samples are written`() { #expect(Self.samples.count > 60) }

  private func isClose(_ a: [Float], _ b: [Float]) -> Bool {
    let largest = b.reduce(Float(1e-6)) { max($0, abs($1)) }
    return a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= 1e-4 * largest }
  }
}

/// An operator of which one input varies, in a file of its own.
private struct Rewritten {
  let sample: OperatorSample
  let varying: Int
  let writer: GraphWriter
  let inputs: [Written]

  init(_ sample: OperatorSample, varying: Int, opset: Int) throws {
    (self.sample, self.varying) = (sample, varying)
    let writer = GraphWriter(opset: opset)
    self.writer = writer
    inputs = sample.inputs.enumerated().map { index, array in
      index == varying
        ? Written("x", WrittenShape(array.shape)) : writer.constant(array.scalars, array.shape)
    }
  }

  func forward(_ op: any WritableOperator) throws -> [Float] {
    let shape = WrittenShape(try sample.shape())
    return try run(try op.write(inputs, shape: shape, to: writer), ["x": sample.inputs[varying]])
  }

  func pullback(_ op: any WritableOperator, _ cotangent: NDArray) throws -> [Float] {
    let shape = WrittenShape(try sample.shape()), (op, inputs, writer) = (op, inputs, writer)
    let point = WrittenPoint(
      inputShapes: inputs.map(\.shape), outputShape: shape, wanted: inputs.indices.map { $0 == varying },
      constants: sample.inputs.enumerated().map { $0 == varying ? nil : $1.asConstant() },
      value: { inputs[$0] }, result: { try op.write(inputs, shape: shape, to: writer) })
    let pulled = try op.writePullback(Written("v", shape), at: point, to: writer)[varying]
    guard let pulled else { return [] }
    return try run(pulled, ["x": sample.inputs[varying], "v": cotangent])
  }

  private func run(_ result: Written, _ arrays: [String: NDArray]) throws -> [Float] {
    // What the result does not depend on is no input; a copy gives whatever it is a name of its own.
    let output = writer.add("Identity", [result], shape: result.shape)
    let given = arrays.sorted { $0.key < $1.key }
    let file = writer.file(
      inputs: given.map { Written($0.key, WrittenShape($0.value.shape)) }, outputs: [output])
    let model = try ONNXModel(decoding: try file.serializedBytes() as Data)
    let graph = try model.graph(inputShapes: arrays.mapValues(\.shape), output: output.name)
    return try Plan(graph).outputs(for: graph.inputs.map { arrays[$0.name] ?? NDArray([], shape: [0]) })[0].scalars
  }
}

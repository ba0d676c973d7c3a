import AttributionKit
import Foundation
import GraphAdapter
import MethodCatalog
import ONNXImport
import Tensors
import TestSupport
import Testing

@Suite(.enabled(if: TestData.isAvailable, "\(TestData.remedy)"))
struct SharedPassesTests {
  @Test func `the methods that share their passes cost one forward pass and a backward pass for each rule`() throws {
    let onnx = try ONNXModel(contentsOf: TestData.file("zoo/models/mobilenet_v2_1.0_224.onnx").path)
    let model = CountingModel(try GraphModel(onnx.graph(imageSize: (224, 224))))
    let session = try ExplanationSession(of: model, on: Tensor(repeating: 0.1, shape: [3, 224, 224]), for: .prediction)
    let expressions = try MethodCatalog.quick.map { try MethodExpression($0) }.filter {
      $0.unmetNeeds(by: model).isEmpty
    }
    let entries = Comparison(of: expressions).entries(in: session)
    #expect(entries.count > 10)
    for entry in entries { #expect(throws: Never.self) { try entry.outcome.get() } }
    #expect(model.forwardPasses.value == 1)
    #expect(session.backwardPasses == Comparison(of: expressions).cost(on: model).sharedWalks.count)
  }
}

/// A model that counts its forward passes.
private struct CountingModel: DifferentiableModel, PooledLinearModel {
  let base: GraphModel
  let forwardPasses = Counter()

  init(_ base: GraphModel) { self.base = base }

  final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0
    var value: Int { lock.withLock { count } }
    func increment() { lock.withLock { count += 1 } }
  }

  var input: Layer { base.input }
  var layers: [Layer] { base.layers }
  var automaticLayer: AutomaticLayer? { base.automaticLayer }
  var outputs: [Output] { base.outputs }
  func differentiableTrace(_ inputs: [Tensor]) throws -> any DifferentiableTrace {
    forwardPasses.increment()
    return try base.differentiableTrace(inputs)
  }
  func pooledLinearWeights(of cotangents: Cotangents, after layer: Layer) throws -> Tensor {
    try base.pooledLinearWeights(of: cotangents, after: layer)
  }
}

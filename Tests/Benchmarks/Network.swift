import AttributionKit
import Foundation
import GraphAdapter
import GraphEngine
import Kernels
import MethodCatalog
import ONNXImport
import Tensors

/// A network from a file, on an engine of its own, and an image-sized input that is the same in every run.
struct Network {
  let name: String
  let model: GraphModel
  private let onnx: ONNXModel
  private let imageSize: (Int, Int)
  private let image: Tensor
  private let precision: Precision
  private let options: SessionOptions

  private let engine: Engine

  init(_ path: String, on threads: Int, _ options: Options) throws {
    let engine = Engine(threads: threads)
    self.engine = engine
    self.options = SessionOptions(memoryLimit: options.memoryLimit)
    name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    let onnx = try ONNXModel(contentsOf: path), size = (options.imageSize, options.imageSize)
    (self.onnx, imageSize, precision) = (onnx, size, options.precision)
    model = try engine.run {
      try GraphModel(onnx.graph(imageSize: size), precision: options.precision, engine: engine) {
        try onnx.graph(batch: $0, imageSize: size)
      }
    }
    image = Self.image(shape: model.input.shape)
  }

  /// The work of a job, run once each time it is called; `nil` where the network's file is fixed to other batches.
  func work(of job: Job) throws -> (() throws -> Void)? {
    switch job.kind {
    case .forward:
      guard let batch = batch(of: job.images) else { return nil }
      return { _ = try model.logits(for: batch) }
    case .keeping: return { _ = try model.trace(image) }
    case .gradient: return try gradient(of: job.images)
    case .explanation(let methods): return try explanation(by: methods)
    }
  }

  private func session() throws -> ExplanationSession {
    try ExplanationSession(of: model, on: image, for: .prediction, options: options)
  }

  /// Explaining by those of `methods` that this network allows: CAM, for one, is for few.
  private func explanation(by methods: String) throws -> (() throws -> Void)? {
    var expressions = try MethodExpression.list(parsing: methods, among: MethodCatalog.methods)
    if expressions.count > 1 {
      let trial = Comparison(of: expressions).entries(in: try session())
      expressions = trial.filter { (try? $0.outcome.get()) != nil }.map(\.expression)
    }
    let comparison = Comparison(of: expressions)
    return { for entry in comparison.entries(in: try session()) { _ = try entry.outcome.get() } }
  }

  /// The gradient of every class's score for a whole batch: forward and back.
  private func gradient(of images: Int) throws -> (() throws -> Void)? {
    guard let batch = batch(of: images) else { return nil }
    let graph = try onnx.graph(batch: images, imageSize: imageSize)
    let plan = try Plan(graph, precision: precision, engine: engine), input = NDArray(batch)
    let (source, output) = (graph.inputs[0].name, graph.outputs[0])
    let cotangent = NDArray(repeating: 1, shape: plan.shape(of: output) ?? [])
    return {
      let pass = try BackwardPass(through: plan.trace([input]), from: output, cotangent: cotangent)
      _ = try pass.cotangent(of: source)
    }
  }

  private func batch(of images: Int) -> Tensor? {
    guard images == 1 || (try? onnx.graph(batch: images, imageSize: imageSize)) != nil else { return nil }
    return Tensor((0..<images).flatMap { _ in image.scalars }, shape: [images] + image.shape)
  }

  /// Numbers like those of a normalised photograph.
  private static func image(shape: [Int]) -> Tensor {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    let scalars = (0..<shape.reduce(1, *)).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 40) / Float(1 << 22) - 2
    }
    return Tensor(scalars, shape: shape)
  }
}

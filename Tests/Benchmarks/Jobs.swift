import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import MethodCatalog
import ONNXImport
import Tensors

/// One line of the table: something people wait for, done once.
struct Job {
  let name: String
  let run: () throws -> Void
}

/// What is measured of one network.
struct Jobs {
  let all: [Job]

  init(model path: String, imageSize: Int) throws {
    let onnx = try ONNXModel(contentsOf: path)
    let size = (imageSize, imageSize)
    let model = try GraphModel(onnx.graph(imageSize: size)) { try onnx.graph(batch: $0, imageSize: size) }
    let image = Self.image(shape: model.input.shape)
    let one = Tensor(image.scalars, shape: [1] + image.shape)
    let eight = Tensor((0..<8).flatMap { _ in image.scalars }, shape: [8] + image.shape)
    func session() throws -> ExplanationSession {
      try ExplanationSession(of: model, on: image, for: .prediction)
    }
    func comparing(_ methods: String, name: String) throws -> Job {
      let comparison = Comparison(of: try MethodExpression.list(parsing: methods, among: MethodCatalog.methods))
      return Job(name: name) { for entry in comparison.entries(in: try session()) { _ = try entry.outcome.get() } }
    }
    let methods = MethodCatalog.quick.map(\.identifier)
    let single =
      try [
        Job(name: "forward") { _ = try model.logits(for: one) },
        Job(name: "forward, keeping activations") { _ = try model.trace(image) },
      ] + ["grad-cam", "gradient", "guided-backprop"].map { try comparing($0, name: $0) } + [
        try comparing(methods.joined(separator: ","), name: "\(methods.count) methods compared")
      ]
    // Some files take exactly one image.
    guard let batched = try? onnx.graph(batch: 8, imageSize: size) else {
      all = single
      return
    }
    all =
      try single + [
        Job(name: "forward, batch of 8") { _ = try model.logits(for: eight) },
        Self.gradient(of: batched, on: eight),
      ]
  }

  /// The gradient of the first class's score for a whole batch: forward and back.
  private static func gradient(of graph: Graph, on batch: Tensor) throws -> Job {
    let plan = try Plan(graph), input = NDArray(batch)
    let (source, output) = (graph.inputs[0].name, graph.outputs[0])
    let cotangent = NDArray(repeating: 1, shape: plan.shape(of: output) ?? [])
    return Job(name: "gradient, batch of 8") {
      let pass = try BackwardPass(through: plan.trace([input]), from: output, cotangent: cotangent)
      _ = try pass.cotangent(of: source)
    }
  }

  /// Numbers like those of a normalised photograph, the same in every run.
  private static func image(shape: [Int]) -> Tensor {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    let scalars = (0..<shape.reduce(1, *)).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 40) / Float(1 << 22) - 2
    }
    return Tensor(scalars, shape: shape)
  }
}

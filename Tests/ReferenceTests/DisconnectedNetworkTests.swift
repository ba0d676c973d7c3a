import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import MethodCatalog
import Tensors
import TestSupport
import Testing

/// conv → ReLU → conv → ReLU → global average pooling → linear, for a number of images.
private func network(_ images: Int) -> Graph {
  let geometry = ConvolutionGeometry(stride: 1, padding: 1)
  return Graph(
    inputs: [.init("image", shape: [images, 3, 8, 8])],
    nodes: [
      Node(Convolution(geometry), ["image", "w1", "b1"], to: "conv1"),
      Node(ElementwiseFunction(.relu), ["conv1"], to: "relu1"),
      Node(Convolution(geometry), ["relu1", "w2", "b2"], to: "conv2"),
      Node(ElementwiseFunction(.relu), ["conv2"], to: "relu2"), Node(GlobalAveragePool(), ["relu2"], to: "pool"),
      Node(Reshape(to: [images, 8]), ["pool"], to: "flat"), Node(Linear(), ["flat", "m"], to: "logits"),
    ],
    constants: [
      "w1": NDArray(.scattered([6, 3, 3, 3], 0.61803)).asConstant(), "b1": NDArray(.scattered([6], 0.3)).asConstant(),
      "w2": NDArray(.scattered([8, 6, 3, 3], 0.41421)).asConstant(), "b2": NDArray(.scattered([8], 0.7)).asConstant(),
      "m": NDArray(.scattered([8, 4], 0.73205)).asConstant(),
    ], outputs: ["logits"])
}

/// DiFull: what is outside of a cell cannot be evidence for the cell's classes.
@Suite struct DisconnectedNetworkTests {
  let model: GraphModel
  let mosaics: any ModelAdapter
  let cells = (0..<4).map { Tensor.scattered([3, 8, 8], 0.5 + 0.1234 * Float($0 + 1)) }

  init() throws {
    model = try GraphModel(network(1)) { network($0) }
    mosaics = try model.disconnected(rows: 2, columns: 2)
  }

  /// The network asked about its first class in the second cell, of four cells alike or of four others.
  func session(alike: Bool) throws -> ExplanationSession {
    let images = alike ? cells.map { _ in cells[1] } : cells
    return try ExplanationSession(of: mosaics, on: Tensor(mosaicOf: images, columns: 2), for: .logit(1 * 4 + 2))
  }

  /// The share of what speaks for the score that lies in the top right quarter, on the attribution's own grid; zero where
  /// nothing does.
  func localization(of attribution: Attribution) throws -> Double {
    let (height, width) = (attribution.height, attribution.width)
    var (inside, all) = (0.0, 0.0)
    for (place, value) in attribution.values.scalars.enumerated() where value > 0 {
      let (y, x) = (place / width % height, place % width)
      all += Double(value)
      if y < height / 2, x >= width / 2 { inside += Double(value) }
    }
    return all > 1e-7 ? inside / all : 0
  }

  func localization(_ text: String, alike: Bool = false) throws -> Double {
    let method = try MethodExpression(parsing: text, among: MethodCatalog.methods).method
    return try localization(of: method.attribution(in: session(alike: alike)))
  }

  @Test func `every cell is answered as if it were alone`() throws {
    #expect(mosaics.input.shape == [3, 16, 16] && mosaics.explained.shape == [16])
    let logits = try session(alike: false).logits.scalars
    for (cell, image) in cells.enumerated() {
      let alone = try model.trace([image]).logits.scalars
      for (a, b) in zip(logits[cell * 4..<cell * 4 + 4], alone) { #expect(abs(a - b) < 1e-5) }
    }
    let batch = try #require(mosaics as? any BatchModel)
    let mosaic = Tensor(mosaicOf: cells, columns: 2)
    let two = try batch.outputs(for: [Tensor(mosaic.scalars + mosaic.scalars, shape: [2, 3, 16, 16])])[0]
    for (a, b) in zip(two.scalars, logits + logits) { #expect(abs(a - b) < 1e-5) }
  }

  @Test func `the layer of the CAM family holds all cells side by side`() throws {
    let layer = try #require(mosaics.automaticLayer).layer
    #expect(layer.name == "joined" && layer.shape == [8, 16, 16] && layer.isSpatial)
    let joined = try session(alike: false).activation(at: layer)
    let parts = try cells.map { try model.trace([$0]).activation(at: #require(model.automaticLayer).layer) }
    #expect(joined.distance(to: Tensor(mosaicOf: parts, columns: 2)) < 1e-5)
  }

  /// The derivative by another cell is zero, and they multiply by it place by place.
  @Test(arguments: [
    "gradient", "input-x-gradient", "guided-backprop", "deconvnet", "relu-beta-smooth", "smooth(gradient, samples=3)",
    "integrated-gradients(steps=5)", "deep-lift(baseline=noise)", "lrp", "lrp(epsilon-plus)", "excitation-backprop",
    "hires-cam", "layer-cam", "elementwise-cam", "conductance(steps=5)", "expected-gradients(samples=3)",
    "occlusion(window=4, stride=4)", "guided-grad-cam",
  ]) func `methods that are exact by construction find nothing outside`(method: String) throws {
    #expect(try localization(method) == 1)
    #expect(try localization(method, alike: true) == 1)
  }

  /// They weigh each channel by one number for all places: of equal cells, each gets its equal share.
  @Test(arguments: ["grad-cam", "grad-cam++", "xgrad-cam", "eigen-cam", "shapley-cam", "ablation-cam", "relevance-cam"])
  func `methods that weigh whole channels give equal cells equal shares`(method: String) throws {
    #expect(abs(try localization(method, alike: true) - 0.25) < 1e-4)
    #expect(try localization(method) < 0.95)
  }

  @Test func `FullGrad is exact on the image's own grid`() throws {
    #expect(try localization("full-grad") > 0.8)
  }

  @Test func `a mosaic has two cells or more, and the rest of the network may be of any kind`() throws {
    for (rows, columns) in [(1, 1), (0, 4)] {
      #expect(throws: AttributionError.self) { try model.disconnected(rows: rows, columns: columns) }
    }
    var graph = network(1)
    graph.nodes[4...6] = [
      Node(Reshape(to: [1, 512]), ["relu1"], to: "flat"), Node(Linear(), ["flat", "m"], to: "logits"),
    ]
    graph.constants["m"] = NDArray(.scattered([384, 4], 0.7)).asConstant()
    graph.nodes[4] = Node(Reshape(to: [1, 384]), ["relu1"], to: "flat")
    let flat = try GraphModel(graph)
    #expect(try flat.disconnected(rows: 1, columns: 2).explained.shape == [8])
  }
}

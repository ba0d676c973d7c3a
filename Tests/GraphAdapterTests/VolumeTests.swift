import AttributionKit
import Foundation
import GraphAdapter
import GraphEngine
import Kernels
import Tensors
import Testing

/// Volumes, films and signals are seen as pictures, and their layers as maps of as many slices.
@Suite struct VolumeTests {
  private func geometry(_ axes: Int, padding: Int = 0, stride: Int = 1) -> ConvolutionGeometry {
    ConvolutionGeometry(
      strides: [Int](repeating: stride, count: axes), dilations: [Int](repeating: 1, count: axes),
      paddingBefore: [Int](repeating: padding, count: axes), paddingAfter: [Int](repeating: padding, count: axes))
  }

  /// Convolution, ReLU, the mean of all places, two classes.
  private func model(_ shape: [Int], weights: [Int], _ before: [Node], geometry: ConvolutionGeometry) throws
    -> GraphModel
  {
    let start = before.last?.output ?? "x"
    let pooled = weights.count - 2
    return try GraphModel(
      Graph(
        inputs: [.init("x", shape: shape)],
        nodes: before + [
          Node(Convolution(geometry), [start, "w"], to: "conv"), Node(ElementwiseFunction(.relu), ["conv"], to: "relu"),
          Node(Reduction(.mean, axes: (0..<pooled).map { $0 + 2 }, keepsDimensions: false), ["relu"], to: "mean"),
          Node(Reduction(.mean, axes: [0], keepsDimensions: true), ["mean"], to: "one"),
          Node(Linear(), ["one", "head"], to: "logits"),
        ], constants: ["w": numbers(weights).asConstant(), "head": numbers([weights[0], 2]).asConstant()],
        outputs: ["logits"]))
  }

  @Test func `a volume's layer has the places of all slices, and the gradient its shape`() throws {
    let model = try model([1, 2, 5, 6, 7], weights: [3, 2, 3, 3, 3], [], geometry: geometry(3, stride: 2))
    #expect(model.input.shape == [2, 30, 7] && model.input.nativeShape == [2, 5, 6, 7])
    let grid = try #require(StackedGrid(model.input))
    let volume = numbers([2, 5, 6, 7]).tensor
    let session = try ExplanationSession(of: model, on: grid.stacked(volume), for: .logit(1))
    let layer = try #require(model.layers.first { $0.name == "relu" })
    #expect(layer.isSpatial && layer.shape == [3, 4, 3] && layer.nativeShape == [3, 2, 2, 3])
    #expect(grid.depth(of: layer) == 2 && model.automaticLayer?.layer.name == "relu")
    // The same numbers as those of the network itself, in the same order.
    let own = try convolution(
      numbers([1, 2, 5, 6, 7]), weights: numbers([3, 2, 3, 3, 3]).asConstant(), bias: nil, geometry(3, stride: 2)
    ).scalars.map { max($0, 0) }
    #expect(zip(try session.activation(at: layer).scalars, own).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(try session.gradient(at: model.input).shape == [2, 30, 7])
  }

  @Test func `frames one by one are a film's`() throws {
    let model = try model(
      [1, 4, 3, 6, 5], weights: [2, 3, 3, 3], [Node(Reshape(to: [4, 3, 6, 5]), ["x"], to: "frames")],
      geometry: geometry(2))
    let grid = try #require(StackedGrid(model.input))
    #expect(grid.kind == .frames && model.input.shape == [3, 24, 5])
    let layer = try #require(model.layers.first { $0.name == "relu" })
    #expect(layer.isSpatial && layer.shape == [2, 16, 3] && grid.depth(of: layer) == 4)
    #expect(model.automaticLayer?.layer.name == "relu")
    let film = numbers([4, 3, 6, 5]).tensor
    let session = try ExplanationSession(of: model, on: grid.stacked(film), for: .logit(0))
    // What the network computes of the array as it is.
    let frames = try convolution(
      numbers([4, 3, 6, 5]), weights: numbers([2, 3, 3, 3]).asConstant(), bias: nil, geometry(2)
    ).scalars.map { max($0, 0) }
    let maps = try session.activation(at: layer)
    for (place, scalar) in frames.enumerated() {
      let (frame, channel, cell) = (place / 24, place / 12 % 2, place % 12)
      #expect(abs(maps.scalars[channel * 48 + frame * 12 + cell] - scalar) < 1e-5)
    }
  }

  @Test func `a signal is a single row`() throws {
    let model = try model([1, 2, 20], weights: [3, 2, 5], [], geometry: geometry(1, padding: 2))
    #expect(model.input.shape == [2, 1, 20] && StackedGrid(model.input)?.kind == .signal)
    let layer = try #require(model.layers.first { $0.name == "relu" })
    #expect(layer.isSpatial && layer.shape == [3, 1, 20])
  }

  @Test func `a step of a sequence, and the string that is read`() throws {
    func model(_ output: String?) throws -> GraphModel {
      try GraphModel(
        Graph(
          inputs: [.init("x", shape: [1, 1, 4, 6])],
          nodes: [
            Node(Reshape(to: [4, 1, 6]), ["x"], to: "steps"), Node(MatrixProduct(), ["steps", "w"], to: "y"),
          ], constants: ["w": numbers([6, 3]).asConstant()], outputs: ["y"]), output: output,
        as: output == "y[decoded]" ? .numbers : nil)
    }
    let x = numbers([1, 4, 6]).tensor
    let steps = try ExplanationSession(of: model("y[2]"), on: x, for: .logit(1)).logits
    let rows = try matrixProduct(numbers([4, 6]), numbers([6, 3])).scalars
    #expect(zip(steps.scalars, rows[6..<9]).allSatisfy { abs($0 - $1) < 1e-5 })
    let decoded = try ExplanationSession(of: model("y[decoded]"), on: x, for: .logit(0)).logits
    let expected = (0..<4).reduce(Float(0)) { sum, step in
      let row = rows[(3 * step)..<(3 * step + 3)], most = row.max()!
      return sum - logarithmOfSum(row.map { $0 - most })
    }
    #expect(decoded.scalars.count == 1 && abs(decoded.scalars[0] - expected) < 1e-4)
    #expect(throws: GraphModelError.self) { try model("y[4]") }
  }

  private func logarithmOfSum(_ x: [Float]) -> Float { log(x.reduce(0) { $0 + exp($1) }) }
}

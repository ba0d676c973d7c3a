import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import Tensors
import Testing

/// Networks that mirror, turn, pad or cut their image before a convolution looks at it.
@Suite struct TurnedImageTests {
  /// A convolution that sums 2 × 2 pixels, behind `nodes`, which end in `seen`; its maps, and the model.
  private func sums(
    _ nodes: [Node], of image: Tensor, seeing shape: [Int], constants: [String: NDArray] = [:]
  ) throws -> (maps: Tensor, model: GraphModel) {
    let geometry = ConvolutionGeometry(stride: 2)
    let count = shape[2] / 2 * (shape[3] / 2)
    let graph = Graph(
      inputs: [.init("image", shape: [1] + image.shape)],
      nodes: nodes + [
        Node(Convolution(geometry), ["seen", "ones"], to: "sums"), Node(Reshape(to: [1, count]), ["sums"], to: "flat"),
        Node(Linear(), ["flat", "head"], to: "logits"),
      ],
      constants: constants.merging([
        "ones": NDArray([1, 1, 1, 1], shape: [1, 1, 2, 2]), "head": numbers([count, 2]).asConstant(),
      ]) { first, _ in first }, outputs: ["logits"])
    let model = try GraphModel(graph)
    let layer = try #require(model.layers.first { $0.name == "sums" && $0.isSpatial })
    let session = try ExplanationSession(of: model, on: image, for: .logit(0))
    return (try session.activation(at: layer), model)
  }

  private let image = numbers([1, 8, 4]).tensor

  /// What the convolution makes of the image itself.
  private var straight: [Float] {
    (0..<8).map { cell in
      let (row, column) = (cell / 2 * 2, cell % 2 * 2)
      return [(0, 0), (0, 1), (1, 0), (1, 1)].reduce(Float(0)) {
        $0 + image.scalars[(row + $1.0) * 4 + column + $1.1]
      }
    }
  }

  private func mirrored(_ axis: Int, _ source: String, to name: String, _ shape: [Int]) -> Node {
    var (starts, ends, steps) = ([0, 0, 0, 0], shape, [1, 1, 1, 1])
    (starts[axis], ends[axis], steps[axis]) = (shape[axis] - 1, -1, -1)
    return Node(Slice(starts: starts, ends: ends, steps: steps), [source], to: name)
  }

  private func isNear(_ maps: Tensor, _ expected: [Float]) -> Bool {
    maps.scalars.count == expected.count && zip(maps.scalars, expected).allSatisfy { abs($0 - $1) < 1e-4 }
  }

  @Test func `maps of a mirrored or turned image lie where the image does`() throws {
    let shape = [1, 1, 8, 4], turned = [1, 1, 4, 8]
    let transposed = Node(Transpose(permutation: [0, 1, 3, 2]), ["image"], to: "seen")
    let entrances: [(nodes: [Node], shape: [Int])] = [
      ([mirrored(3, "image", to: "seen", shape)], shape), ([mirrored(2, "image", to: "seen", shape)], shape),
      ([transposed], turned),
      ([Node("", transposed.op, ["image"], to: "t"), mirrored(2, "t", to: "seen", turned)], turned),
      ([Node("", transposed.op, ["image"], to: "t"), mirrored(3, "t", to: "seen", turned)], turned),
    ]
    for (index, entrance) in entrances.enumerated() {
      let (maps, model) = try sums(entrance.nodes, of: image, seeing: entrance.shape)
      #expect(maps.shape == [1, 4, 2] && isNear(maps, straight), "\(index)")
      #expect(model.automaticLayer.flatMap { model.misplacement(of: $0.layer) } == nil)
    }
  }

  @Test func `what a network pads its image with, to a square say, is no part of its maps`() throws {
    for (before, after) in [(0, 4), (4, 0), (2, 2)] {
      let pad = Node(
        Pad(before: [0, 0, 0, before], after: [0, 0, 0, after], mode: .constant(0)), ["image"], to: "seen")
      let (maps, model) = try sums([pad], of: image, seeing: [1, 1, 8, 8])
      #expect(maps.shape == [1, 4, 2] && isNear(maps, straight), "\(before) \(after)")
      #expect(model.automaticLayer.flatMap { model.misplacement(of: $0.layer) } == nil)
    }
  }

  @Test func `a part that is cut out is told, with where it is`() throws {
    let cut = Node(
      Slice(starts: [0, 0, 0, 0], ends: [1, 1, 8, 4], steps: [1, 1, 1, 1]), ["image"], to: "seen")
    let wide = numbers([1, 8, 6]).tensor
    let (_, model) = try sums([cut], of: wide, seeing: [1, 1, 8, 4])
    let layer = try #require(model.layers.first { $0.name == "sums" })
    #expect(try #require(model.misplacement(of: layer)).contains("columns 0–67 %"))
  }

  @Test func `places that are only taken for the image's are told`() throws {
    // The right half goes to the left.
    let nodes = [
      Node(Slice(starts: [0, 0, 0, 2], ends: [1, 1, 8, 4], steps: [1, 1, 1, 1]), ["image"], to: "right"),
      Node(Slice(starts: [0, 0, 0, 0], ends: [1, 1, 8, 2], steps: [1, 1, 1, 1]), ["image"], to: "left"),
      Node(Concatenation(axis: 3), ["right", "left"], to: "seen"),
    ]
    let geometry = ConvolutionGeometry()
    let graph = Graph(
      inputs: [.init("image", shape: [1, 1, 8, 4])],
      nodes: nodes + [
        Node(Convolution(geometry), ["seen", "ones"], to: "once"),
        Node(Convolution(geometry), ["once", "ones"], to: "twice"),
        Node(Reduction(.mean, axes: [2, 3], keepsDimensions: false), ["twice"], to: "mean"),
        Node(Linear(), ["mean", "head"], to: "logits"),
      ],
      constants: ["ones": NDArray([1, 1, 1, 1], shape: [1, 1, 2, 2]), "head": numbers([1, 2]).asConstant()],
      outputs: ["logits"])
    let model = try GraphModel(graph)
    let layer = try #require(model.automaticLayer?.layer)
    #expect(try #require(model.misplacement(of: layer)).contains("not known"))
  }

  /// As position embeddings are resampled to another grid of patches, channels last.
  @Test func `what is made of constants alone has no places`() throws {
    let places = numbers([1, 2, 2, 3])
    let axes = try (1...2).map { axis in
      Resize.Axis(axis, try Interpolation(rows: (0..<4).map { [.init($0 / 2, 1)] }, sourceExtent: 2))
    }
    let graph = Graph(
      inputs: [.init("image", shape: [1, 3, 4, 4])],
      nodes: [
        Node(Reshape(to: [1, 3, 16]), ["image"], to: "flat"),
        Node(Transpose(permutation: [0, 2, 1]), ["flat"], to: "tokens"),
        Node(Resize(axes), ["places"], to: "resized"), Node(Reshape(to: [1, 16, 3]), ["resized"], to: "rows"),
        Node(Arithmetic(.add), ["tokens", "rows"], to: "placed"),
        Node(Reduction(.mean, axes: [1], keepsDimensions: false), ["placed"], to: "mean"),
        Node(Linear(), ["mean", "head"], to: "logits"),
      ], constants: ["places": places.asConstant(), "head": numbers([3, 2]).asConstant()], outputs: ["logits"])
    let model = try GraphModel(graph)
    #expect(model.layers.first { $0.name == "placed" }?.shape == [3, 4, 4])
  }
}

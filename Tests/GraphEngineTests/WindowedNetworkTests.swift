import GraphEngine
import Kernels
import Tensors
import TestSupport
import Testing

/// Patches of values say what the whole network would.
@Suite struct WindowedNetworkTests {
  static let images = 3

  /// Operators between an image `[3, 32, 28]` and five numbers for each picture.
  static let bodies: [[Node]] = [
    // A residual block whose shortcut is narrower than its main branch.
    [
      Node(convolution(padding: 1), ["image", "w33"], to: "a"), Node(ElementwiseFunction(.relu), ["a"], to: "b"),
      Node(convolution(padding: 1), ["b", "w33"], to: "c"), Node(Arithmetic(.add), ["c", "b"], to: "d"),
      Node(ElementwiseFunction(.relu), ["d"], to: "end"),
    ],
    // Strides, dilation, a kernel that is not square, padding of one side only.
    [
      Node(convolution(strides: [2, 1], padding: 2), ["image", "w53"], to: "a"),
      Node(
        Convolution(
          ConvolutionGeometry(
            strides: [1, 2], dilations: [2, 1], paddingBefore: [0, 1], paddingAfter: [1, 0])), ["a", "w33"], to: "end"),
    ],
    // Pooling of either kind, and a last window that overhangs.
    [
      Node(convolution(padding: 1), ["image", "w33"], to: "a"),
      Node(MaxPool(pooling(3, stride: 2, padding: 1), ceilMode: true), ["a"], to: "b"),
      Node(AveragePool(pooling(2, stride: 1, padding: 0), ceilMode: false), ["b"], to: "end"),
    ],
    // Branches joined, in three channels each, then mixed.
    [
      Node(convolution(padding: 1), ["image", "w33"], to: "a"),
      Node(convolution(padding: 2), ["image", "w55"], to: "b"),
      Node(Concatenation(axis: 1), ["a", "image", "b"], to: "c"), Node(convolution(), ["c", "w119"], to: "d"),
      Node(Arithmetic(.multiply), ["d", "slope"], to: "end"),
    ],
  ]

  static func convolution(strides: [Int] = [1, 1], padding: Int = 0) -> Convolution {
    Convolution(
      ConvolutionGeometry(
        strides: strides, dilations: [1, 1], paddingBefore: [padding, padding], paddingAfter: [padding, padding]))
  }

  static func pooling(_ kernel: Int, stride: Int, padding: Int) -> PoolingGeometry {
    PoolingGeometry(
      kernel: [kernel, kernel], strides: [stride, stride], dilations: [1, 1], paddingBefore: [padding, padding],
      paddingAfter: [padding, padding])
  }

  static func graph(_ body: [Node], images: Int) -> Graph {
    Graph(
      inputs: [.init("image", shape: [images, 3, 32, 28])],
      nodes: body + [
        Node(GlobalAveragePool(), ["end"], to: "pool"), Node(Reshape(to: [images, 3]), ["pool"], to: "flat"),
        Node(Linear(), ["flat", "m"], to: "logits"),
      ],
      constants: [
        "w33": NDArray(.scattered([3, 3, 3, 3], 0.61803)).asConstant(),
        "w53": NDArray(.scattered([3, 3, 5, 3], 0.41421)).asConstant(),
        "w55": NDArray(.scattered([3, 3, 5, 5], 0.73205)).asConstant(),
        "w119": NDArray(.scattered([3, 9, 1, 1], 0.23606)).asConstant(),
        "slope": NDArray(.scattered([3, 1, 1], 0.64575)).asConstant(),
        "m": NDArray(.scattered([3, 5], 0.31662)).asConstant(),
      ], outputs: ["logits"])
  }

  @Test(arguments: bodies.indices) func `patches give the numbers of the whole network`(index: Int) throws {
    let body = Self.bodies[index]
    let single = try Plan(Self.graph(body, images: 1)), whole = try Plan(Self.graph(body, images: Self.images))
    // In the middle, at a corner, over a border's whole length, and of a single pixel.
    let rows = [10..<14, 0..<3, 29..<32, 17..<18, 0..<9, 31..<32],
      columns = [9..<12, 0..<4, 11..<28, 20..<21, 20..<28, 27..<28]
    let network = try #require(WindowedNetwork(of: whole, rows: rows, columns: columns))
    #expect(network.shareOfWork < 1)
    let plan = try Plan(network.graph)
    let image = Tensor.scattered([1, 3, 32, 28], 0.5772), cover = Tensor.scattered([3, 32, 28], 0.9159)
    let trace = try single.trace([NDArray(image)])
    let unchanged = try network.unchanged.map { try trace.value(named: $0) }
    for windows in [[0, 1, 2], [3, 4, 5], [5, 5, 0]] {
      let patches = windows.flatMap { window -> [Float] in
        let (top, left) = network.origin(of: window)
        return (0..<3).flatMap { c in
          (top..<top + network.height).flatMap { y in
            (left..<left + network.width).map { x in
              Self.covered(image, by: cover, rows[window], columns[window]).scalars[(c * 32 + y) * 28 + x]
            }
          }
        }
      }
      let input = NDArray(patches, shape: [3, 3, network.height, network.width])
      let found = try plan.outputs(for: [input] + unchanged + network.places(of: windows))[0].scalars
      let expected = try windows.flatMap { window in
        try single.outputs(for: [NDArray(Self.covered(image, by: cover, rows[window], columns[window]))])[0].scalars
      }
      for (a, b) in zip(found, expected) { #expect(abs(a - b) < 1e-5 * max(1, abs(b))) }
    }
  }

  @Test func `a network that mixes all places at once has no patches`() throws {
    let mixed = Graph(
      inputs: [.init("image", shape: [2, 3, 8, 8])],
      nodes: [Node(Reshape(to: [2, 192]), ["image"], to: "flat"), Node(Linear(), ["flat", "m"], to: "logits")],
      constants: ["m": NDArray(.scattered([192, 5], 0.31662)).asConstant()], outputs: ["logits"])
    #expect(WindowedNetwork(of: try Plan(mixed), rows: [0..<2], columns: [0..<2])?.shareOfWork == 1)
    #expect(WindowGroups(of: try Plan(mixed), rows: [0..<2, 4..<6], columns: [0..<2, 4..<6]).groups == [[0, 1]])
  }

  @Test func `windows that change about as much are put together`() throws {
    // Twelve layers deep, a window in the middle reaches nearly everything, one in a corner half of each side.
    let layers = (0..<12).map {
      Node(Self.convolution(padding: 1), [$0 == 0 ? "image" : "x\($0)", "w"], to: $0 == 11 ? "end" : "x\($0 + 1)")
    }
    func plan(channels: Int) throws -> Plan {
      try Plan(
        Graph(
          inputs: [.init("image", shape: [1, channels, 32, 32])], nodes: layers,
          constants: ["w": NDArray(.scattered([channels, channels, 3, 3], 0.61803)).asConstant()], outputs: ["end"]))
    }
    let places = [0, 8, 14, 24], rows = places.flatMap { y in places.map { _ in y..<y + 8 } },
      columns = places.flatMap { _ in places.map { $0..<$0 + 8 } }
    let groups = WindowGroups(of: try plan(channels: 256), rows: rows, columns: columns).groups
    #expect(groups.flatMap { $0 }.sorted() == Array(0..<16))
    let corners = try #require(groups.first { $0.contains(0) })
    #expect(corners.contains(15) && !corners.contains(10))
    // Of little work, kernels for another size of patch are not worth making.
    #expect(WindowGroups(of: try plan(channels: 2), rows: rows, columns: columns).groups == [Array(0..<16)])
  }

  private static func covered(_ image: Tensor, by cover: Tensor, _ rows: Range<Int>, _ columns: Range<Int>) -> Tensor {
    var covered = image
    for c in 0..<3 {
      for y in rows { for x in columns { covered[(c * 32 + y) * 28 + x] = cover[(c * 32 + y) * 28 + x] } }
    }
    return covered
  }
}

import GraphAdapter
import GraphEngine
import Kernels
import Testing

@Suite struct InputReadingTests {
  /// A network that prepares its image by `nodes`, which end in `ready`, and looks at it by a convolution.
  private func reading(
    _ nodes: [Node], _ constants: [String: NDArray] = [:], shape: [Int] = [1, 3, 6, 8]
  ) throws -> InputReading? {
    let geometry = ConvolutionGeometry(
      strides: [1, 1], dilations: [1, 1], paddingBefore: [0, 0], paddingAfter: [0, 0], groups: 1)
    let graph = Graph(
      inputs: [.init("image", shape: shape)],
      nodes: nodes + [Node(Convolution(geometry), [nodes.isEmpty ? "image" : "ready", "w"], to: "y")],
      constants: constants.merging(["w": NDArray([Float](repeating: 1, count: 6), shape: [2, 3, 1, 1])]) { a, _ in a },
      outputs: ["y"])
    return try InputReading(of: Plan(graph), image: "image")
  }

  private func perChannel(_ numbers: [Float]) -> NDArray { NDArray(numbers, shape: [1, 3, 1, 1]) }
  private func number(_ number: Float) -> NDArray { NDArray([number], shape: []) }

  @Test func `a network that begins with a convolution does nothing to its image`() throws {
    #expect(try reading([]) == nil)
  }

  @Test func `a division and ImageNet's normalisation want samples as files hold them`() throws {
    let found = try #require(
      try reading(
        [
          Node(Arithmetic(.divide), ["image", "255"], to: "a"), Node(Arithmetic(.subtract), ["a", "mean"], to: "b"),
          Node(Arithmetic(.divide), ["b", "std"], to: "ready"),
        ],
        [
          "255": number(255), "mean": perChannel([0.485, 0.456, 0.406]), "std": perChannel([0.229, 0.224, 0.225]),
        ]))
    #expect(found.samples == .bytes)
    #expect(found.operators == ["Divide", "Subtract"])
    #expect(abs(found.scale[1] - 1 / 255 / 0.224) < 1e-6 && abs(found.shift[1] + 0.456 / 0.224) < 1e-5)
  }

  @Test func `the order of the operators does not matter`() throws {
    // Channels last, transposed in the middle, multiplied by reciprocals, resized at the end.
    let found = try #require(
      try reading(
        [
          Node(Arithmetic(.subtract), ["image", "mean"], to: "a"),
          Node(Transpose(permutation: [0, 3, 1, 2]), ["a"], to: "b"),
          Node(Arithmetic(.multiply), ["b", "scale"], to: "c"),
          Node(Slice(starts: [0, 0, 0, 0], ends: [1, 3, 4, 4], steps: [1, 1, 1, 1]), ["c"], to: "ready"),
        ],
        ["mean": NDArray([123.7, 116.3, 103.5], shape: [3]), "scale": number(1 / 58)], shape: [1, 6, 8, 3]))
    #expect(found.samples == .bytes)
    #expect(abs(found.shift[0] + 123.7 / 58) < 1e-4 && abs(found.shift[2] + 103.5 / 58) < 1e-4)
  }

  @Test func `channels turned around keep the numbers of the channel that the image has`() throws {
    let found = try #require(
      try reading(
        [
          Node(Gather(indices: [2, 1, 0], indicesShape: [3], axis: 1), ["image"], to: "a"),
          Node(Arithmetic(.subtract), ["a", "mean"], to: "ready"),
        ], ["mean": perChannel([104, 117, 124])]))
    // What is subtracted from the first channel behind the turn belongs to the image's last.
    #expect(found.shift == [-124, -117, -104])
    #expect(found.samples == .bytes)
  }

  @Test(arguments: [
    (Float(1), Float(-0.45), InputReading.Samples.unit), (2, -1, .unit), (4.4, -2.0, .unit), (255, 0, .unit),
    (1 / 255, 0, .bytes), (1 / 127.5, -1, .bytes), (1, -117, .bytes), (1 / 58, -2.1, .bytes), (0.5, 0.5, .signed),
    (127.5, 127.5, .signed),
  ])
  func `a scale and a shift tell what samples are wanted`(scale: Float, shift: Float, samples: InputReading.Samples)
    throws
  {
    let found = try #require(
      try reading(
        [Node(Arithmetic(.multiply), ["image", "a"], to: "x"), Node(Arithmetic(.add), ["x", "b"], to: "ready")],
        ["a": number(scale), "b": number(shift)]))
    #expect(found.samples == samples)
  }

  @Test func `numbers that tell nothing are no reason to choose`() throws {
    for (scale, shift) in [(Float(3), Float(0)), (1, 0.3), (0.7, -900)] {
      let found = try reading(
        [Node(Arithmetic(.multiply), ["image", "a"], to: "x"), Node(Arithmetic(.add), ["x", "b"], to: "ready")],
        ["a": number(scale), "b": number(shift)])
      #expect(found?.samples == nil, "\(scale) \(shift)")
    }
  }

  @Test func `a normalisation that is undone is ImageNet's`() throws {
    let found = try #require(
      try reading(
        [Node(Arithmetic(.multiply), ["image", "std"], to: "x"), Node(Arithmetic(.add), ["x", "mean"], to: "ready")],
        ["mean": perChannel([0.485, 0.456, 0.406]), "std": perChannel([0.229, 0.224, 0.225])]))
    #expect(found.samples == .imageNet)
  }

  @Test func `what reads the image beside its preparation leaves nothing to be told`() throws {
    let geometry = ConvolutionGeometry(
      strides: [1, 1], dilations: [1, 1], paddingBefore: [0, 0], paddingAfter: [0, 0], groups: 1)
    let graph = Graph(
      inputs: [.init("image", shape: [1, 3, 4, 4])],
      nodes: [
        Node(Arithmetic(.divide), ["image", "255"], to: "a"), Node(Convolution(geometry), ["a", "w"], to: "b"),
        Node(Convolution(geometry), ["image", "w"], to: "c"), Node(Arithmetic(.add), ["b", "c"], to: "y"),
      ], constants: ["255": number(255), "w": NDArray([Float](repeating: 1, count: 6), shape: [2, 3, 1, 1])],
      outputs: ["y"])
    #expect(try InputReading(of: Plan(graph), image: "image") == nil)
  }

  @Test(arguments: [
    // 8 bits without a sign over 0…1, 0…255 and −1…1, and with one over 0…1 and what ImageNet's normalisation makes.
    (Float(1) / 255, Float(0), Float(0), Float(255), InputReading.Samples.unit), (1, 0, 0, 255, .bytes),
    (2.0 / 255, 128, 0, 255, .signed), (1.0 / 255, -128, -128, 127, .unit), (0.0187, -14, -128, 127, .imageNet),
  ])
  func `the range that an image is rounded in tells what samples are wanted`(
    scale: Float, zero: Float, low: Float, high: Float, samples: InputReading.Samples
  ) throws {
    let rounding = Node(Quantization(low: low, high: high), ["image", "scale", "zero"], to: "q")
    let nodes = [
      rounding, Node(Arithmetic(.subtract), ["q", "zero"], to: "r"),
      Node(Arithmetic(.multiply), ["r", "scale"], to: "ready"),
    ]
    let found = try #require(try reading(nodes, ["scale": number(scale), "zero": number(zero)]))
    #expect(found.samples == samples && found.isToldByRounding && found.operators == ["Quantization"])
    // Behind a change of the numbers, the range is that of the image itself.
    let scaled =
      [
        Node(Arithmetic(.multiply), ["image", "255th"], to: "x"),
        Node("", rounding.op, ["x", "scale", "zero"], to: "q"),
      ] + nodes.dropFirst()
    let before = try reading(scaled, ["scale": number(scale), "zero": number(zero), "255th": number(1 / 255)])
    if samples == .unit { #expect(before?.samples == .bytes) }
  }

  @Test func `a range that no photograph has tells nothing`() throws {
    let found = try reading(
      [
        Node(Quantization(low: 0, high: 255), ["image", "scale", "zero"], to: "q"),
        Node(Arithmetic(.multiply), ["q", "scale"], to: "ready"),
      ], ["scale": number(0.05), "zero": number(0)])
    #expect(found?.samples == nil && found?.isToldByRounding == false)
  }
}

import GraphAdapter
import GraphEngine
import Kernels
import Testing

@Suite struct InputReadingTests {
  /// A network that prepares its image by `nodes`, which end in `ready`, and looks at it by a convolution.
  private func reading(
    _ nodes: [Node], _ constants: [String: NDArray] = [:], shape: [Int] = [1, 3, 6, 8]
  ) throws -> InputReading? {
    let geometry = ConvolutionGeometry()
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
    let geometry = ConvolutionGeometry()
    let graph = Graph(
      inputs: [.init("image", shape: [1, 3, 4, 4])],
      nodes: [
        Node(Arithmetic(.divide), ["image", "255"], to: "a"), Node(Convolution(geometry), ["a", "w"], to: "b"),
        Node(Convolution(geometry), ["image", "w"], to: "c"), Node(Arithmetic(.add), ["b", "c"], to: "y"),
      ], constants: ["255": number(255), "w": NDArray([Float](repeating: 1, count: 6), shape: [2, 3, 1, 1])],
      outputs: ["y"])
    #expect(try InputReading(of: Plan(graph), image: "image") == nil)
  }

  /// A network that scales and shifts each channel.
  private func reading(scale: [Float], shift: [Float]) throws -> InputReading {
    try #require(
      try reading(
        [Node(Arithmetic(.multiply), ["image", "a"], to: "x"), Node(Arithmetic(.add), ["x", "b"], to: "ready")],
        ["a": perChannel(scale), "b": perChannel(shift)]))
  }

  @Test func `ImageNet's normalisation turned into another is told by what both make together`() throws {
    let (means, deviations): ([Float], [Float]) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    // As torchvision's Inception does, whose weights want −1…1.
    let found = try reading(scale: deviations.map { 2 * $0 }, shift: means.map { 2 * $0 - 1 })
    #expect(found.samples == .imageNet && found.channelOrder == .redFirst)
    // −1…1 turned into ImageNet's.
    let turned = try reading(
      scale: deviations.map { 0.5 / $0 }, shift: zip(means, deviations).map { (0.5 - $0) / $1 })
    #expect(turned.samples == .signed && turned.channelOrder == .redFirst)
  }

  @Test func `numbers for blue, green and red want blue first`() throws {
    let caffe: [Float] = [103.939, 116.779, 123.68]
    for divisor in [Float(1), 50, 58.8] {
      let found = try reading(scale: caffe.map { _ in 1 / divisor }, shift: caffe.map { -$0 / divisor })
      #expect(found.samples == .bytes && found.channelOrder == .blueFirst)
      let red = try reading(scale: caffe.map { _ in 1 / divisor }, shift: caffe.reversed().map { -$0 / divisor })
      #expect(red.channelOrder == .redFirst)
    }
    let unit = try reading(scale: caffe.map { _ in 255 }, shift: caffe.map { -$0 })
    #expect(unit.samples == .unit && unit.channelOrder == .blueFirst)
    // What is the same for all channels tells no order.
    #expect(try reading(scale: [2, 2, 2], shift: [-1, -1, -1]).channelOrder == nil)
  }

  @Test func `a sum that is no normalisation tells no samples`() throws {
    #expect(try reading(scale: [1, 1, 1], shift: [1, 1, 1]).samples == nil)
  }

  @Test func `channels turned around alone are seen`() throws {
    let turn = Node(Gather(indices: [2, 1, 0], indicesShape: [3], axis: 1), ["image"], to: "ready")
    let found = try #require(try reading([turn]))
    #expect(found.reversesChannels && found.samples == nil && found.channelOrder == nil)
  }

  @Test func `a convolution that scales each channel prepares the image`() throws {
    let geometry = { (groups: Int) in
      ConvolutionGeometry(groups: groups)
    }
    let deviations: [Float] = [58.395, 57.12, 57.375], means: [Float] = [123.675, 116.28, 103.53]
    let bias = NDArray(zip(means, deviations).map { -$0 / $1 }, shape: [3])
    let alone = NDArray(deviations.map { 1 / $0 }, shape: [3, 1, 1, 1])
    let found = try #require(
      try reading([Node(Convolution(geometry(3)), ["image", "k", "bias"], to: "ready")], ["k": alone, "bias": bias]))
    #expect(found.samples == .bytes && found.channelOrder == .redFirst && !found.reversesChannels)
    // The same for images with blue first.
    var weights = [Float](repeating: 0, count: 9)
    for row in 0..<3 { weights[3 * row + 2 - row] = 1 / deviations[row] }
    let turning = try #require(
      try reading(
        [Node(Convolution(geometry(1)), ["image", "k", "bias"], to: "ready")],
        ["k": NDArray(weights, shape: [3, 3, 1, 1]), "bias": bias]))
    #expect(turning.samples == .bytes && turning.channelOrder == .blueFirst && turning.reversesChannels)
    // One that mixes channels is a layer of the network.
    #expect(
      try reading(
        [Node(Convolution(geometry(1)), ["image", "k", "bias"], to: "ready")],
        ["k": NDArray([Float](repeating: 0.1, count: 9), shape: [3, 3, 1, 1]), "bias": bias]) == nil)
  }

  @Test func `an image that is made grey is told by what becomes of grey samples`() throws {
    func bytes(_ nodes: [Node], _ constants: [String: NDArray]) throws -> InputReading? {
      let geometry = ConvolutionGeometry(), filter = NDArray([1, 2], shape: [2, 1, 1, 1])
      let graph = Graph(
        inputs: [.init("image", shape: [1, 3, 4, 4])],
        nodes: nodes + [Node(Convolution(geometry), ["ready", "w"], to: "y")],
        constants: constants.merging(["w": filter, "255": number(255)]) { a, _ in a }, outputs: ["y"])
      return try InputReading(of: Plan(graph), image: "image")
    }
    let luma: [Float] = [0.299, 0.587, 0.114], end = Node(Arithmetic(.divide), ["g", "255"], to: "ready")
    let summed = try bytes(
      [
        Node(Arithmetic(.multiply), ["image", "luma"], to: "a"),
        Node(Reduction(.sum, axes: [1], keepsDimensions: true), ["a"], to: "g"), end,
      ], ["luma": perChannel(luma)])
    let convolved = try bytes(
      [Node(Convolution(ConvolutionGeometry()), ["image", "k"], to: "g"), end],
      ["k": NDArray(luma, shape: [1, 3, 1, 1])])
    let first = try bytes(
      [Node(Slice(starts: [0, 0, 0, 0], ends: [1, 1, 4, 4], steps: [1, 1, 1, 1]), ["image"], to: "g"), end], [:])
    for found in [summed, convolved, first] {
      #expect(found?.samples == .bytes && found?.scale.count == 1)
      #expect(abs((found?.scale[0] ?? 0) - 1 / 255) < 1e-6)
    }
    // Without the division nothing tells between which numbers samples lie.
    #expect(
      try bytes(
        [Node(Convolution(ConvolutionGeometry()), ["image", "k"], to: "ready")],
        ["k": NDArray(luma, shape: [1, 3, 1, 1])])?
        .samples == nil)
  }

  @Test func `channels that are written one by one are read as all at once`() throws {
    let means: [Float] = [123.675, 116.28, 103.53], deviations: [Float] = [58.395, 57.12, 57.375], area = 48
    var nodes: [Node] = [], constants: [String: NDArray] = [:], image = "image"
    for channel in 0..<3 {
      let (part, less, scaled) = ("p\(channel)", "l\(channel)", "s\(channel)"),
        next = channel == 2 ? "ready" : "i\(channel)"
      nodes += [
        Node(
          Slice(starts: [0, channel, 0, 0], ends: [1, channel + 1, 6, 8], steps: [1, 1, 1, 1]), [image], to: part),
        Node(Arithmetic(.subtract), [part, "m\(channel)"], to: less),
        Node(Arithmetic(.divide), [less, "d\(channel)"], to: scaled),
        Node(
          Scattering(.replace, places: Array(channel * area..<(channel + 1) * area)), [image, scaled], to: next),
      ]
      constants["m\(channel)"] = number(means[channel])
      constants["d\(channel)"] = number(deviations[channel])
      image = next
    }
    let found = try #require(try reading(nodes, constants))
    #expect(found.samples == .bytes && found.channelOrder == .redFirst)
  }

  @Test func `of a batch normalisation the statistics tell, not what was learned`() throws {
    func found(_ mean: [Float], _ variance: [Float]) throws -> InputReading? {
      try reading(
        [Node(BatchNormalization(epsilon: 0), ["image", "scale", "shift", "mean", "variance"], to: "ready")],
        [
          "scale": NDArray([0.5, 0.6, 0.4], shape: [3]), "shift": NDArray([0.2, 0.1, -0.3], shape: [3]),
          "mean": NDArray(mean, shape: [3]), "variance": NDArray(variance, shape: [3]),
        ])
    }
    #expect(try found([0.45, 0.44, 0.4], [0.06, 0.05, 0.07])?.samples == .unit)
    #expect(try found([120, 110, 105], [3000, 3100, 3200])?.samples == .bytes)
    // Samples of 0…1 do not vary so much: normalised ones do.
    #expect(try found([-0.05, 0.02, 0.1], [1.1, 1.05, 1.2])?.samples == nil)
    #expect(try found([0.3, 0.2, 0.4], [0.8, 0.9, 0.7])?.samples == nil)
  }

  @Test func `a preparation that several branches share is found`() throws {
    let geometry = ConvolutionGeometry()
    let graph = Graph(
      inputs: [.init("image", shape: [1, 3, 4, 4])],
      nodes: [
        Node(Arithmetic(.divide), ["image", "255"], to: "a"),
        Node(Slice(starts: [0, 0, 0, 3], ends: [1, 3, 4, -1], steps: [1, 1, 1, -1]), ["a"], to: "mirrored"),
        Node(Convolution(geometry), ["a", "w"], to: "b"), Node(Convolution(geometry), ["mirrored", "w"], to: "c"),
        Node(Arithmetic(.add), ["b", "c"], to: "y"),
      ], constants: ["255": number(255), "w": NDArray([Float](repeating: 1, count: 6), shape: [2, 3, 1, 1])],
      outputs: ["y"])
    #expect(try InputReading(of: Plan(graph), image: "image")?.samples == .bytes)
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
    #expect(found.samples == samples && found.isToldByRange && found.operators == ["Quantization"])
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
    #expect(found?.samples == nil && found?.isToldByRange == false)
  }

  @Test(arguments: [
    (Float(0), Float(255), InputReading.Samples.bytes), (0, 1, .unit), (-1, 1, .signed),
  ])
  func `the range that an image is kept in tells what samples are wanted`(
    low: Float, high: Float, samples: InputReading.Samples
  ) throws {
    let found = try reading([Node(ElementwiseFunction(.clip(low, high)), ["image"], to: "ready")], [:])
    #expect(found?.samples == samples && found?.isToldByRange == true && found?.isRounded == false)
    // As ReLU6 has it, it tells nothing.
    #expect(try reading([Node(ElementwiseFunction(.clip(0, 6)), ["image"], to: "ready")], [:])?.samples == nil)
  }

  /// As onnxruntime's quantised files have it: rounded as it comes, and again behind what is subtracted.
  @Test func `numbers that are rounded on their way are those of the file`() throws {
    func rounded(_ source: String, to output: String, _ scale: String, _ zero: String) -> [Node] {
      [
        Node(Quantization(low: 0, high: 255), [source, scale, zero], to: "\(output)q"),
        Node(Arithmetic(.subtract), ["\(output)q", zero], to: "\(output)c"),
        Node(Arithmetic(.multiply), ["\(output)c", scale], to: output),
      ]
    }
    let nodes =
      rounded("image", to: "a", "1", "0") + [Node(Arithmetic(.subtract), ["a", "means"], to: "b")]
      + rounded("b", to: "ready", "1.1", "124")
    let found = try #require(
      try reading(
        nodes,
        [
          "1": number(1), "0": number(0), "1.1": number(1.1), "124": number(124),
          "means": NDArray([103.939, 116.779, 123.68], shape: [3, 1, 1]),
        ]))
    #expect(found.samples == .bytes && found.channelOrder == .blueFirst)
    #expect(found.operators == ["Subtract", "Quantization"])
  }
}

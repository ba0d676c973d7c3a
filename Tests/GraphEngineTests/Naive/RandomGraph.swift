import GraphEngine
import Kernels
import Tensors

/// A valid graph of operators drawn at random: a trunk of maps `[N, C, H, W]` with branches that join again.
struct RandomGraph {
  private(set) var graph: Graph
  private var generator: SplitMix64
  private var shape: [Int]
  private var last = "x"
  private var number = 0
  /// Earlier values with their shapes, for branches to begin at.
  private var earlier: [(name: String, shape: [Int])] = []

  init(seed: UInt64) {
    generator = SplitMix64(seed: seed)
    let channels = [3, 8, 16].randomElement(using: &generator)!
    shape = [Int.random(in: 1...2, using: &generator), channels, 6, 7]
    graph = Graph(inputs: [.init("x", shape: shape)], nodes: [], constants: [:], outputs: [])
    for _ in 0..<Int.random(in: 5...12, using: &generator) { step() }
    graph.outputs = [last]
  }

  var inputShape: [Int] { graph.inputs[0].shape }

  private mutating func step() {
    earlier.append((last, shape))
    switch Int.random(in: 0..<20, using: &generator) {
    case 0...3: convolution()
    case 4, 5: activation()
    case 6: normalization()
    case 7: pooling()
    case 8, 9: join()
    case 10: gate()
    case 11: channelsLast()
    case 12: add(Softmax(axis: 1))
    case 13: pad()
    case 14: resize()
    case 15: slice()
    case 16: choose()
    case 17: reduceAndBroadcast()
    case 18: add(CumulativeSum(axis: 3, isExclusive: false, isReversed: false))
    default:
      add(
        Arithmetic([.add, .subtract, .multiply, .maximum].randomElement(using: &generator)!), weights([shape[1], 1, 1]))
    }
  }

  private mutating func add(_ op: any Operator, _ others: String...) {
    number += 1
    let inputs = [last] + others
    let shapes = inputs.map { name in graph.constants[name]?.shape ?? earlier.last { $0.name == name }?.shape ?? shape }
    last = "v\(number)"
    graph.nodes.append(Node(op, inputs, to: last))
    // Every graph drawn is to be valid: a shape that does not fit is a mistake of this file.
    shape = try! op.outputShape(of: shapes)
    earlier.append((last, shape))
  }

  private mutating func weights(_ shape: [Int], positive: Bool = false) -> String {
    number += 1
    let count = shape.reduce(1, *)
    let spread = shape.count == 4 ? 1 / Float(count / shape[0]).squareRoot() : 1
    let scalars = (0..<count).map { _ in positive ? 0.5 + generator.uniform() : spread * generator.gaussian() }
    graph.constants["w\(number)"] = NDArray(scalars, shape: shape).asConstant()
    return "w\(number)"
  }

  private mutating func convolution() {
    let kernel = [1, 3].randomElement(using: &generator)!
    let isDepthwise = Bool.random(using: &generator)
    let stride = shape[2] > 4 && shape[3] > 4 ? Int.random(in: 1...2, using: &generator) : 1
    let outputs = isDepthwise ? shape[1] : [4, 8, 16].randomElement(using: &generator)!
    let geometry = ConvolutionGeometry(
      strides: [stride, stride], dilations: [1, 1], paddingBefore: [kernel / 2, kernel / 2],
      paddingAfter: [kernel / 2, kernel / 2], groups: isDepthwise ? shape[1] : 1)
    let w = weights([outputs, isDepthwise ? 1 : shape[1], kernel, kernel])
    add(Convolution(geometry), w, weights([outputs]))
  }

  private mutating func activation() {
    let functions: [UnaryFunction] = [
      .relu, .leakyReLU(0.2), .sigmoid, .tanh, .silu, .gelu, .softplus, .mish, .sin, .atan, .asinh, .linear(0.5, 0.25),
    ]
    add(ElementwiseFunction(functions.randomElement(using: &generator)!))
  }

  private mutating func normalization() {
    let channel = [shape[1]]
    add(
      BatchNormalization(epsilon: 1e-3), weights(channel), weights(channel), weights(channel),
      weights(channel, positive: true))
  }

  private mutating func pooling() {
    guard shape[2] >= 4, shape[3] >= 4 else { return activation() }
    let geometry = PoolingGeometry(
      kernel: [3, 2], strides: [2, 2], dilations: [1, 1], paddingBefore: [1, 0], paddingAfter: [1, 0])
    if Bool.random(using: &generator) {
      add(MaxPool(geometry, ceilMode: false))
    } else {
      add(AveragePool(geometry, ceilMode: false))
    }
  }

  /// An earlier value of the same positions is added, or put beside.
  private mutating func join() {
    let fits = earlier.dropLast().filter { $0.shape.count == 4 && $0.shape[2...] == shape[2...] && $0.name != last }
    guard let other = fits.randomElement(using: &generator) else { return activation() }
    let isSame = other.shape == shape
    if isSame, Bool.random(using: &generator) {
      add(Arithmetic(.add), other.name)
    } else if shape[1] + other.shape[1] <= 32 {
      add(Concatenation(axis: 1), other.name)
    } else {
      activation()
    }
  }

  /// Squeeze and excitation: each channel times a number from its mean.
  private mutating func gate() {
    let (trunk, trunkShape) = (last, shape)
    add(GlobalAveragePool())
    let flat = ConvolutionGeometry(
      strides: [1, 1], dilations: [1, 1], paddingBefore: [0, 0], paddingAfter: [0, 0], groups: 1)
    add(Convolution(flat), weights([trunkShape[1], trunkShape[1], 1, 1]), weights([trunkShape[1]]))
    add(ElementwiseFunction(.sigmoid))
    add(Arithmetic(.multiply), trunk)
  }

  /// Tokens with their channels last, normalised and mixed, and back.
  private mutating func channelsLast() {
    add(Transpose(permutation: [0, 2, 3, 1]))
    let channels = shape[3]
    add(LayerNormalization(axis: 3, epsilon: 1e-3), weights([channels]))
    add(MatrixProduct(), weights([channels, channels]))
    add(Transpose(permutation: [0, 3, 1, 2]))
  }

  private mutating func pad() {
    guard shape[2] <= 8, shape[2] >= 2, shape[3] >= 2 else { return activation() }
    add(Pad(before: [0, 0, 1, 0], after: [0, 0, 0, 1], mode: .reflect))
  }

  private mutating func resize() {
    guard shape[2] <= 8 else { return activation() }
    let (extent, outputs) = (shape[2], shape[2] + 3)
    let rows = (0..<outputs).map { i -> [Interpolation.Term] in
      let place = Float(i) * Float(extent - 1) / Float(outputs - 1)
      let low = min(Int(place), extent - 1)
      let rest = place - Float(low)
      return low + 1 < extent ? [.init(low, 1 - rest), .init(low + 1, rest)] : [.init(low, 1)]
    }
    add(Resize([.init(2, try! Interpolation(rows: rows, sourceExtent: extent))]))
  }

  private mutating func slice() {
    guard shape[1] >= 4 else { return activation() }
    let step = Int.random(in: 1...2, using: &generator)
    add(Slice(starts: [0, 1, 0, 0], ends: shape, steps: [1, step, 1, 1]))
  }

  private mutating func choose() {
    let (trunk, trunkShape) = (last, shape)
    add(ElementwiseFunction(.tanh))
    let other = last
    add(Comparison(.greater), trunk)
    let condition = last
    (last, shape) = (condition, trunkShape)
    add(Selection(), trunk, other)
  }

  private mutating func reduceAndBroadcast() {
    let (trunk, trunkShape) = (last, shape)
    let kind = [ReductionKind.mean, .sum, .max, .l2].randomElement(using: &generator)!
    add(Reduction(kind, axes: [1], keepsDimensions: true))
    add(Arithmetic(.subtract), trunk)
    precondition(shape == trunkShape)
  }
}

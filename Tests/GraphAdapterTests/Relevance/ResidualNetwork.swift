import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels

/// Convolutions with batch normalisations, ReLUs, a maximum pooling, a residual sum, an average and a linear layer.
///
///     image → conv1 → norm1 → relu1 → pool → conv2 → norm2 → sum(pool) → relu2 → mean → logits
struct ResidualNetwork {
  /// Without biases and normalisations, where every rule conserves relevance.
  var hasBias = true

  let side = 6, channels = 2, width = 3, classes = 3
  private let epsilon: Float = 1e-3

  var image: NDArray { varied([channels, side, side], 0.4) }

  private var kernels: (NDArray, NDArray, NDArray) {
    // Every class has weights of both signs.
    let head = NDArray([0.8, 0.5, -0.3, -0.4, -0.9, 0.7, 0.6, 0.7, 0.5], shape: [width, classes])
    return (varied([width, channels, 3, 3], 1.3), varied([width, width, 3, 3], 2.9), head)
  }

  private func biases(_ index: Int) -> [Float] { varied([width], Float(index)).scalars.map { hasBias ? 0.3 * $0 : 0 } }

  private func normalization(
    _ index: Int
  ) -> (scale: [Float], shift: [Float], mean: [Float], variance: [Float], epsilon: Double) {
    let scale = varied([width], 5 + Float(index)).scalars.map { 1 + 0.4 * $0 }
    let variance = varied([width], 9 + Float(index)).scalars.map { 0.8 + 0.3 * $0 }
    return (scale, biases(20 + index), biases(30 + index), variance, Double(epsilon))
  }

  var graph: Graph {
    let geometry = ConvolutionGeometry(
      strides: [1, 1], dilations: [1, 1], paddingBefore: [1, 1], paddingAfter: [1, 1], groups: 1)
    let pool = PoolingGeometry(
      kernel: [2, 2], strides: [2, 2], dilations: [1, 1], paddingBefore: [0, 0], paddingAfter: [0, 0])
    var constants: [String: NDArray] = [
      "w1": kernels.0, "w2": kernels.1, "head": kernels.2, "b1": NDArray(biases(1), shape: [width]),
      "b2": NDArray(biases(2), shape: [width]), "b3": NDArray(biases(3), shape: [classes]),
    ]
    for index in 1...2 {
      let n = normalization(index)
      for (name, numbers) in zip(["scale", "shift", "mean", "variance"], [n.scale, n.shift, n.mean, n.variance]) {
        constants["\(name)\(index)"] = NDArray(numbers, shape: [width])
      }
    }
    func norm(_ index: Int, of value: String) -> Node {
      Node(
        BatchNormalization(epsilon: epsilon),
        [value] + ["scale", "shift", "mean", "variance"].map { "\($0)\(index)" }, to: "norm\(index)")
    }
    return Graph(
      inputs: [.init("image", shape: [1, channels, side, side])],
      nodes: [
        Node(Convolution(geometry), ["image", "w1", "b1"], to: "conv1"), norm(1, of: "conv1"),
        Node(ElementwiseFunction(.relu), ["norm1"], to: "relu1"),
        Node(MaxPool(pool, ceilMode: false), ["relu1"], to: "pool"),
        Node(Convolution(geometry), ["pool", "w2", "b2"], to: "conv2"), norm(2, of: "conv2"),
        Node(Arithmetic(.add), ["norm2", "pool"], to: "sum"), Node(ElementwiseFunction(.relu), ["sum"], to: "relu2"),
        Node(GlobalAveragePool(), ["relu2"], to: "average"), Node(Reshape(to: [1, width]), ["average"], to: "mean"),
        Node(Linear(), ["mean", "head", "b3"], to: "logits"),
      ], constants: constants.mapValues { $0.asConstant() }, outputs: ["logits"])
  }

  /// The relevance of the pixels, and of the pooled maps, for a relevance of one at a logit.
  func relevance(of logit: Int, _ rule: NaiveRule, first: NaiveRule) -> (pixels: [Double], pooled: [Double]) {
    let half = side / 2, area = half * half
    let x = image.scalars.map(Double.init)
    let first = (
      rule: first,
      layer: DenseLayer(convolution: kernels.0, bias: biases(1), side: side, normalization: normalization(1))
    )
    let second = DenseLayer(convolution: kernels.1, bias: biases(2), side: half, normalization: normalization(2))
    let relu1 = first.layer.forward(x).map { max(0, $0) }
    let winners = (0..<width * area).map { place -> Int in
      let (channel, row, column) = (place / area, place / half % half, place % half)
      let corner = (channel * side + 2 * row) * side + 2 * column
      return [corner, corner + 1, corner + side, corner + side + 1].reduce(corner) {
        relu1[$1] > relu1[$0] ? $1 : $0
      }
    }
    let pool = winners.map { relu1[$0] }
    let norm2 = second.forward(pool)
    let sum = zip(norm2, pool).map { $0 + $1 }, relu2 = sum.map { max(0, $0) }
    let means = (0..<width).map { channel in relu2[channel * area..<(channel + 1) * area].reduce(0, +) / Double(area) }
    let weights = kernels.2.scalars
    let head = DenseLayer(
      (0..<classes).map { c in (0..<width).map { Double(weights[$0 * classes + c]) } }, bias: biases(3).map(Double.init)
    )

    func stable(_ z: Double) -> Double { z < 0 ? z - 1e-6 : z + 1e-6 }
    let ofMeans = rule.propagate((0..<classes).map { $0 == logit ? 1 : 0 }, through: head, at: means)
    // An average hands on in proportion to what it averages, a rectifier everything, a sum in proportion to its addends.
    let ofSum = relu2.enumerated().map { place, y in
      y / Double(area) / stable(means[place / area]) * ofMeans[place / area]
    }
    let ofNorm2 = ofSum.indices.map { norm2[$0] / stable(sum[$0]) * ofSum[$0] }
    let through = rule.propagate(ofNorm2, through: second, at: pool)
    let ofPool = pool.indices.map { through[$0] + pool[$0] / stable(sum[$0]) * ofSum[$0] }
    var ofNorm1 = [Double](repeating: 0, count: relu1.count)
    for (place, winner) in winners.enumerated() { ofNorm1[winner] += ofPool[place] }
    return (first.rule.propagate(ofNorm1, through: first.layer, at: x), ofPool)
  }
}

/// Numbers in −1..<1 that look random, none of them zero.
func varied(_ shape: [Int], _ phase: Float) -> NDArray {
  NDArray(
    (0..<shape.reduce(1, *)).map { index in
      let x = (Double(index) * 12.9898 + Double(phase) * 78.233).truncatingRemainder(dividingBy: 6.2831853)
      // A few rounds of a chaotic map on −1…1.
      var wave = x / 3.14159265 - 1
      for _ in 0..<9 { wave = 1 - 1.99 * wave * wave }
      return Float(abs(wave) < 0.02 ? 0.1 : wave)
    }, shape: shape)
}

/// A rule for each kind of step, and another for the first linear one.
struct Composite: GradientRule {
  var linear = Relevance.epsilon()
  var first: Relevance?
  var normalization = Relevance.pass
  var others = 1e-6 as Float

  func crossing(_ step: Step) -> Crossing {
    switch step.kind {
    case .linear: .relevance(step.isFirst ? first ?? linear : linear)
    case .activation: .relevance(.pass)
    case .normalization: .relevance(normalization)
    case .sum, .affine, .pooling(.average): .relevance(.epsilon(others))
    case .softmax: .relevance(.epsilon(0))
    case .matrixProduct, .product: .relevance(.equalShares(others))
    case .pooling, .movement, .resizing, .other: .derivative
    }
  }
}

import GraphEngine
import Kernels

/// Attention of several heads over tokens `[…, T, D]`: `softmax(QKᵀ/√d + B)·V`, projected once more (Vaswani et al., 2017,
/// arXiv:1706.03762, section 3.2).
///
/// Parts: `q`, `k`, `v` and `proj`, each a projection.
struct SelfAttention: Block {
  let name: String?
  let heads: Int
  /// The width of queries, keys and values of all heads together; that of the tokens without it.
  var width: Int?
  /// Which of the projections have a bias.
  var biases = (q: true, k: true, v: true, out: true)
  /// What is added to the scores before the softmax, if anything: `[heads, T, T]`.
  var bias: (@Sendable (inout NetworkBuilder, _ scores: NetworkBuilder.Value) throws -> NetworkBuilder.Value)?
  /// How queries and keys are turned by where they stand.
  var rotation: RotaryPlaces?
  /// Whether one projection, `qkv`, gives each head's query, key and value side by side.
  var isJoint = false
  /// Whether scores are cosines, times what each head learned, `logit_scale`, instead of products (Liu et al., 2022,
  /// arXiv:2111.09883, section 3.2).
  var isCosine = false
  /// What products are multiplied by; `1/√d` without it.
  var scale: Float?
  /// The tokens that keys and values are made of, made of the layer's own; those themselves without it.
  var keys: [any Block] = []

  func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    let rank = input.shape.count, depth = input.shape[rank - 1], width = width ?? depth
    try network.require(heads > 0 && width % heads == 0, "cannot share \(width) numbers among \(heads) heads")
    let source = try network.apply(keys, to: input)
    let joint = isJoint ? try network.apply(Projection("qkv", outputs: 3 * width, bias: biases.q), to: input) : nil
    func part(
      _ name: String, of value: NetworkBuilder.Value, bias: Bool, turned: Bool
    ) throws -> NetworkBuilder.Value {
      // [N, T, D] → [N, T, h, d] → [N, h, T, d], or [N, h, d, T] for keys.
      var split: NetworkBuilder.Value
      if let joint {
        split = try network.part(["q": 0, "k": 1, "v": 2][name] ?? 0, of: joint, heads, as: name)
      } else {
        let projected = try network.apply(Projection(name, outputs: width, bias: bias), to: value)
        split = try network.add(
          Reshape(to: projected.shape.dropLast() + [heads, width / heads]), [projected], as: "\(name).heads")
      }
      if isCosine, name != "v" { split = try network.normalized(split, as: name) }
      let axes = Array(0..<rank - 2)
      if name != "v", let rotation {
        let moved = try network.add(
          Transpose(permutation: axes + [rank - 1, rank - 2, rank]), [split], as: "\(name).moved")
        let rotated = try rotation.apply(to: moved, as: name, in: &network)
        return turned
          ? try network.add(Transpose(permutation: axes + [rank - 2, rank, rank - 1]), [rotated], as: "\(name).turned")
          : rotated
      }
      return try network.add(
        Transpose(permutation: axes + (turned ? [rank - 1, rank, rank - 2] : [rank - 1, rank - 2, rank])), [split],
        as: "\(name).moved")
    }
    let q = try part("q", of: input, bias: biases.q, turned: false)
    let k = try part("k", of: source, bias: biases.k, turned: true)
    let v = try part("v", of: source, bias: biases.v, turned: false)
    let products = try network.add(MatrixProduct(), [q, k], as: "products")
    var scores: NetworkBuilder.Value
    if isCosine {
      scores = try network.add(Arithmetic(.multiply), [products, network.learnedScale(heads: heads)], as: "scores")
    } else {
      let scale = scale ?? 1 / Float(width / heads).squareRoot()
      scores = try network.add(ElementwiseFunction(.linear(scale, 0)), [products], as: "scores")
    }
    if let bias { scores = try bias(&network, scores) }
    let weights = try network.add(Softmax(axis: scores.shape.count - 1), [scores], as: "softmax")
    let attended = try network.add(MatrixProduct(), [weights, v], as: "attended")
    let axes = Array(0..<rank - 2)
    let moved = try network.add(
      Transpose(permutation: axes + [rank - 1, rank - 2, rank]), [attended], as: "moved")
    let joined = try network.add(Reshape(to: Array(input.shape.dropLast()) + [width]), [moved], as: "joined")
    return try network.apply(Projection("proj", outputs: depth, bias: biases.out), to: joined)
  }
}

extension NetworkBuilder {
  /// Queries, keys or values, `[…, T, h, d]`, of what has all of them for each head, `[…, T, h·3·d]`.
  fileprivate mutating func part(_ index: Int, of joint: Value, _ heads: Int, as name: String) throws -> Value {
    let depth = joint.shape[joint.shape.count - 1] / heads / 3
    let apart = try add(Reshape(to: joint.shape.dropLast() + [heads, 3 * depth]), [joint], as: "\(name).apart")
    var (starts, ends) = (apart.shape.map { _ in 0 }, apart.shape)
    (starts[starts.count - 1], ends[ends.count - 1]) = (index * depth, (index + 1) * depth)
    return try add(Slice(starts: starts, ends: ends, steps: ends.map { _ in 1 }), [apart], as: "\(name).heads")
  }

  /// Vectors along the last axis divided by their length, as PyTorch has it: by 10⁻¹² where they are shorter.
  fileprivate mutating func normalized(_ vectors: Value, as name: String) throws -> Value {
    let lengths = try add(
      Reduction(.l2, axes: [vectors.shape.count - 1], keepsDimensions: true), [vectors], as: "\(name).lengths")
    let kept = try add(
      ElementwiseFunction(.clip(1e-12, .greatestFiniteMagnitude)), [lengths], as: "\(name).lengths.kept")
    return try add(Arithmetic(.divide), [vectors, kept], as: "\(name).directions")
  }

  /// What each head multiplies cosines by, at most 100.
  fileprivate mutating func learnedScale(heads: Int) throws -> Value {
    let logarithm = try parameter("logit_scale", shape: [heads, 1, 1])
    let bounded = try add(
      ElementwiseFunction(.clip(-.greatestFiniteMagnitude, 4.605_170_2)), [logarithm], as: "scale.bounded")
    return try add(ElementwiseFunction(.exp), [bounded], as: "scale")
  }
}

/// Two projections with a function between them.
struct Perceptron: Block {
  let name: String?
  var layers = ("fc1", "fc2")
  let width: Int
  let activation: TokenFunction
  var hasBias = true

  func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    let wide = try network.apply(Projection(layers.0, outputs: width, bias: hasBias), to: input)
    let active = try activation.apply(to: wide, in: &network)
    return try network.apply(
      Projection(layers.1, outputs: input.shape[input.shape.count - 1], bias: hasBias), to: active)
  }
}

/// Two projections, one of which gates the other: `W₃(f(W₁x)·W₂x)` (Shazeer, 2020, arXiv:2002.05202).
struct GatedPerceptron: Block {
  let name: String?
  /// The projections to gate and value: one whose output is both side by side, or two.
  let inner: [String]
  let outer: String
  /// The width of each projection.
  let width: Int
  /// `ε` of a normalisation in front of the last projection, where there is one.
  var epsilon: Float?
  /// `f`.
  var activation: TokenFunction = .plain(.silu)

  func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    let parts = try inner.map { try network.apply(Projection($0, outputs: width), to: input) }
    let axis = input.shape.count - 1
    func half(_ range: Range<Int>, _ name: String) throws -> NetworkBuilder.Value {
      var (starts, ends) = (parts[0].shape.map { _ in 0 }, parts[0].shape)
      (starts[axis], ends[axis]) = (range.lowerBound, range.upperBound)
      return try network.add(Slice(starts: starts, ends: ends, steps: ends.map { _ in 1 }), [parts[0]], as: name)
    }
    let isJoint = parts.count == 1
    let gate = isJoint ? try half(0..<width / 2, "gate") : parts[0]
    let value = isJoint ? try half(width / 2..<width, "value") : parts[1]
    let active = try activation.apply(to: gate, in: &network)
    let gated = try network.add(Arithmetic(.multiply), [active, value], as: "mul")
    let inside = try epsilon.map { try network.apply(LayerNormalization("norm", epsilon: $0), to: gated) } ?? gated
    return try network.apply(Projection(outer, outputs: input.shape[axis]), to: inside)
  }
}

/// A function of each number, by the names of transformers' `hidden_act`.
enum TokenFunction: Sendable {
  case plain(UnaryFunction)
  /// `x·σ(1.702·x)`, CLIP's approximation of GELU.
  case quickGELU

  static let named: [String: TokenFunction] = [
    "gelu": .plain(.gelu), "gelu_new": .plain(.geluTanh), "gelu_pytorch_tanh": .plain(.geluTanh),
    "gelu_fast": .plain(.geluTanh), "quick_gelu": .quickGELU, "relu": .plain(.relu), "silu": .plain(.silu),
    "swish": .plain(.silu),
  ]

  init(named name: String?, default standard: TokenFunction = .plain(.gelu)) {
    self = name.flatMap { Self.named[$0] } ?? standard
  }

  func apply(
    to value: NetworkBuilder.Value, in network: inout NetworkBuilder
  ) throws -> NetworkBuilder.Value {
    switch self {
    case .plain(let function): return try network.add(ElementwiseFunction(function), [value], as: "act")
    case .quickGELU:
      let scaled = try network.add(ElementwiseFunction(.linear(1.702, 0)), [value], as: "act.scaled")
      let gate = try network.add(ElementwiseFunction(.sigmoid), [scaled], as: "act.gate")
      return try network.add(Arithmetic(.multiply), [value, gate], as: "act")
    }
  }
}

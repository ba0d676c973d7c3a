import GraphEngine
import Kernels

/// What a vision transformer makes of its last tokens: normalisation, one row of features for each image, and the logits.
struct TokenSummary: Block {
  let name: String? = ""
  let plan: VisionTransformerPlan

  func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    let found = plan.found
    var tokens = input
    var isNormalized = found.has("norm")
    if case .patchMean(normalized: false) = plan.summary { isNormalized = false }
    if isNormalized {
      tokens = try network.apply(LayerNormalization("norm", epsilon: plan.epsilon), to: tokens)
    } else if found.has("norm") {
      // Not used, and no mistake.
      network.ignore("norm.weight")
      network.ignore("norm.bias")
    }
    var features: NetworkBuilder.Value
    switch plan.summary {
    case .firstToken: features = try network.token(0, of: tokens, as: "cls")
    case .patchMean: features = try patchMean(tokens, in: &network)
    case .firstAndMean:
      let both = [try network.token(0, of: tokens, as: "cls"), try patchMean(tokens, in: &network)]
      features = try network.add(GraphEngine.Concatenation(axis: 1), both, as: "features")
    case .attention: features = try AttentionPool(plan: plan).output(of: tokens, in: &network)
    }
    if found.has("fc_norm") {
      features = try network.apply(LayerNormalization("fc_norm", epsilon: plan.epsilon), to: features)
    }
    if case .attention = plan.summary {
    } else {
      for name in found.shapes.keys where name.hasPrefix("attn_pool.") { network.ignore(name) }
    }
    guard let classes = found.outputs("head") else { return features }
    let logits = try network.apply(Linear("head", outputs: classes, bias: found.has("head.bias")), to: features)
    guard let others = found.outputs("head_dist") else { return logits }
    // Two heads, whose mean is the answer (Touvron et al., 2020, section 4).
    let second = try network.token(1, of: tokens, as: "dist")
    let distilled = try network.apply(Linear("head_dist", outputs: others), to: second)
    let sum = try network.add(Arithmetic(.add), [logits, distilled], as: "heads.add")
    return try network.add(ElementwiseFunction(.linear(0.5, 0)), [sum], as: "heads")
  }

  private func patchMean(_ tokens: NetworkBuilder.Value, in network: inout NetworkBuilder) throws
    -> NetworkBuilder.Value
  {
    let front = plan.frontCount
    var patches = tokens
    if front > 0 {
      patches = try network.add(
        Slice(starts: [0, front, 0], ends: tokens.shape, steps: [1, 1, 1]), [tokens], as: "patches")
    }
    return try network.add(Reduction(.mean, axes: [1], keepsDimensions: false), [patches], as: "pool")
  }
}

extension NetworkBuilder {
  /// One token of each image, `[N, D]`.
  mutating func token(_ index: Int, of tokens: Value, as name: String) throws -> Value {
    let shape = tokens.shape
    let one = try add(
      Slice(starts: [0, index, 0], ends: [shape[0], index + 1, shape[2]], steps: [1, 1, 1]), [tokens],
      as: name + ".slice")
    return try add(Reshape(to: [shape[0], shape[2]]), [one], as: name)
  }
}

/// A learned query that attends to all tokens, and two layers behind it (Zhai et al., 2021, arXiv:2106.04560, section 2.2).
private struct AttentionPool {
  let plan: VisionTransformerPlan

  func output(of tokens: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    let (images, count, depth, heads) = (tokens.shape[0], tokens.shape[1], plan.depth, plan.heads)
    return try network.within("attn_pool") { network in
      let latent = try network.parameter("latent", shape: [1, 1, depth])
      func part(
        _ name: String, of value: NetworkBuilder.Value, count: Int, turned: Bool
      ) throws -> NetworkBuilder.Value {
        let projected = try network.apply(Projection(name, outputs: depth), to: value)
        let split = try network.add(
          Reshape(to: [value.shape[0], count, heads, depth / heads]), [projected], as: name + ".heads")
        return try network.add(
          Transpose(permutation: turned ? [0, 2, 3, 1] : [0, 2, 1, 3]), [split], as: name + ".moved")
      }
      let q = try part("q", of: latent, count: 1, turned: false)
      let k = try part("k", of: tokens, count: count, turned: true)
      let v = try part("v", of: tokens, count: count, turned: false)
      let products = try network.add(MatrixProduct(), [q, k], as: "products")
      let scale = 1 / Float(depth / heads).squareRoot()
      let scores = try network.add(ElementwiseFunction(.linear(scale, 0)), [products], as: "scores")
      let weights = try network.add(Softmax(axis: 3), [scores], as: "softmax")
      let attended = try network.add(MatrixProduct(), [weights, v], as: "attended")
      let joined = try network.add(Reshape(to: [images, 1, depth]), [attended], as: "joined")
      let pooled = try network.apply(Projection("proj", outputs: depth), to: joined)
      let normalized = try network.apply(LayerNormalization("norm", epsilon: plan.epsilon), to: pooled)
      let change = try network.apply(plan.perceptron(of: "attn_pool.mlp", called: "mlp"), to: normalized)
      let sum = try network.add(Arithmetic(.add), [pooled, change], as: "add")
      return try network.token(0, of: sum, as: "pooled")
    }
  }
}

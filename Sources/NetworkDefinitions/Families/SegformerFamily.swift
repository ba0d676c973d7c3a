import GraphEngine
import Kernels

/// SegFormer by its weights (Xie et al., 2021, arXiv:2105.15203): what it segments, or classifies.
enum SegformerFamily: NetworkFamily {
  static let tables = [
    NameTable(mark: "segformer.stages.0.patch_embeddings", ["segformer.stages": "stages"]),
    NameTable(
      mark: "segformer.encoder.patch_embeddings.0",
      [
        "segformer.encoder.patch_embeddings.#": "stages.{0}.patch_embeddings",
        "segformer.encoder.layer_norm.#": "stages.{0}.layer_norm",
        "decode_head.linear_c.#": "decode_head.linear_projections.{0}",
        "segformer.encoder.block.#.#.layer_norm_1": "stages.{0}.blocks.{1}.layernorm_before",
        "segformer.encoder.block.#.#.layer_norm_2": "stages.{0}.blocks.{1}.layernorm_after",
        "segformer.encoder.block.#.#.attention.self.query": "stages.{0}.blocks.{1}.attention.q_proj",
        "segformer.encoder.block.#.#.attention.self.key": "stages.{0}.blocks.{1}.attention.k_proj",
        "segformer.encoder.block.#.#.attention.self.value": "stages.{0}.blocks.{1}.attention.v_proj",
        "segformer.encoder.block.#.#.attention.self.sr":
          "stages.{0}.blocks.{1}.attention.sequence_reduction.sequence_reduction",
        "segformer.encoder.block.#.#.attention.self.layer_norm":
          "stages.{0}.blocks.{1}.attention.sequence_reduction.layer_norm",
        "segformer.encoder.block.#.#.attention.output.dense": "stages.{0}.blocks.{1}.attention.o_proj",
        "segformer.encoder.block.#.#.mlp.dense#": "stages.{0}.blocks.{1}.mlp.fc{2}",
        "segformer.encoder.block.#.#": "stages.{0}.blocks.{1}",
      ]),
  ]

  static func arrange(_ weights: inout WeightFile, _ told: NetworkDescription) {
    let parts = ["q_proj": "q", "k_proj": "k", "v_proj": "v", "o_proj": "proj"]
    for (name, tensor) in weights.tensors {
      for (theirs, ours) in parts where name.contains(".attention.\(theirs).") {
        weights.tensors[name] = nil
        weights.tensors[name.replacing(".\(theirs).", with: ".\(ours).")] = tensor
      }
    }
  }

  static func definition(of found: Inventory, _ told: NetworkDescription) -> NetworkDefinition? {
    guard let shape = found.weight("stages.0.patch_embeddings.proj"), shape.count == 4 else { return nil }
    let stages = found.count("stages.#"), segments = found.has("decode_head.classifier")
    let strides = told.settings["strides"].list?.compactMap(\.integer) ?? [4, 2, 2, 2]
    let heads = told.settings["num_attention_heads"].list?.compactMap(\.integer) ?? [1, 2, 5, 8]
    guard stages > 0, strides.count >= stages, heads.count >= stages else { return nil }
    let classifier = segments ? "decode_head.classifier" : "classifier"
    return NetworkDefinition(
      told.name ?? "segformer", source: "Xie et al., 2021, arXiv:2105.15203",
      input: segments ? [shape[1], 512, 512] : [shape[1], 224, 224],
      usualClasses: found.outputs(classifier) ?? found.outputs("stages.\(stages - 1).layer_norm") ?? 1,
      classifier: classifier
    ) { classes in
      PyramidNetwork(found: found, strides: strides, heads: heads, classes: classes, segments: segments)
    }
  }
}

/// Stages of attention on ever smaller maps, and what is made of the last one, or of all.
private struct PyramidNetwork: Block {
  let name: String? = ""
  let found: Inventory
  let strides: [Int]
  let heads: [Int]
  let classes: Int
  let segments: Bool

  func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    var maps: [NetworkBuilder.Value] = [], value = input
    for number in 0..<found.count("stages.#") {
      value = try network.within("stages.\(number)") { network in try stage(number, of: value, in: &network) }
      maps.append(value)
    }
    guard !segments else { return try network.within("decode_head") { network in try decoded(maps, in: &network) } }
    let features = try network.add(GraphEngine.GlobalAveragePool(), [value], as: "pool")
    let row = try network.apply(Flatten(), to: features)
    guard found.has("classifier") else { return row }
    return try network.apply(Linear("classifier", outputs: classes), to: row)
  }

  private func stage(
    _ number: Int, of input: NetworkBuilder.Value, in network: inout NetworkBuilder
  ) throws -> NetworkBuilder.Value {
    let path = "stages.\(number)", shape = found.filters(path + ".patch_embeddings.proj")
    let (map, embedded) = try network.within("patch_embeddings") { network in
      let map = try network.apply(
        Convolution("proj", channels: shape[0], kernel: shape[2], stride: strides[number], padding: shape[2] / 2),
        to: input)
      let tokens = try network.tokens(of: map, as: "tokens")
      return (map, try network.apply(LayerNormalization("layer_norm", epsilon: 1e-5), to: tokens))
    }
    let extent = (rows: map.shape[2], columns: map.shape[3])
    var tokens = embedded
    for place in 0..<found.count(path + ".blocks.#") {
      tokens = try network.apply(block("\(path).blocks.\(place)", place, heads[number], extent), to: tokens)
    }
    let normalized = try network.apply(LayerNormalization("layer_norm", epsilon: 1e-5), to: tokens)
    return try network.map(of: normalized, extent, as: "map")
  }

  private func block(_ path: String, _ place: Int, _ heads: Int, _ extent: (rows: Int, columns: Int)) -> Sequential {
    var attention = SelfAttention(name: "attention", heads: heads)
    attention.biases = (
      found.has(path + ".attention.q.bias"), found.has(path + ".attention.k.bias"),
      found.has(path + ".attention.v.bias"), true
    )
    if let kernel = found.weight(path + ".attention.sequence_reduction.sequence_reduction")?.last {
      attention.keys = [Shrinking(extent: extent, kernel: kernel)]
    }
    return Sequential("blocks.\(place)") {
      Residual {
        LayerNormalization("layernorm_before", epsilon: 1e-5)
        attention
      }
      Residual {
        LayerNormalization("layernorm_after", epsilon: 1e-5)
        MixedPerceptron(extent: extent, width: found.outputs(path + ".mlp.fc1") ?? 1)
      }
    }
  }

  /// The maps of all stages at the extent of the first, side by side, the last first (section 3.2).
  private func decoded(
    _ maps: [NetworkBuilder.Value], in network: inout NetworkBuilder
  ) throws -> NetworkBuilder.Value {
    let width = found.outputs("decode_head.linear_fuse") ?? 1
    let rows = maps[0].shape[2], columns = maps[0].shape[3]
    var parts: [NetworkBuilder.Value] = []
    for (number, map) in maps.enumerated().reversed() {
      let part = try network.within("linear_projections.\(number)") { network in
        let tokens = try network.tokens(of: map, as: "tokens")
        let projected = try network.apply(Projection("proj", outputs: width), to: tokens)
        let wide = try network.map(of: projected, (map.shape[2], map.shape[3]), as: "map")
        guard map.shape[2] != rows || map.shape[3] != columns else { return wide }
        let axes = [
          Resize.Axis(2, try .linear(from: map.shape[2], to: rows)),
          Resize.Axis(3, try .linear(from: map.shape[3], to: columns)),
        ]
        return try network.add(Resize(axes), [wide], as: "resized")
      }
      parts.append(part)
    }
    let joined = try network.add(GraphEngine.Concatenation(axis: 1), parts, as: "cat")
    let blocks: [any Block] = [
      Convolution("linear_fuse", channels: width, kernel: 1, bias: false), BatchNormalization("batch_norm"),
      ReLU("activation"), Convolution("classifier", channels: classes, kernel: 1),
    ]
    return try network.apply(blocks, to: joined)
  }
}

/// Fewer tokens by a convolution that does not overlap, normalised.
private struct Shrinking: Block {
  let name: String? = "sequence_reduction"
  let extent: (rows: Int, columns: Int)
  let kernel: Int

  func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    let map = try network.map(of: input, extent, as: "map")
    let small = try network.apply(
      Convolution("sequence_reduction", channels: input.shape[2], kernel: kernel, stride: kernel), to: map)
    let tokens = try network.tokens(of: small, as: "tokens")
    return try network.apply(LayerNormalization("layer_norm", epsilon: 1e-5), to: tokens)
  }
}

/// Two projections with a depthwise convolution between them, by which tokens know where they stand (section 3.1).
private struct MixedPerceptron: Block {
  let name: String? = "mlp"
  let extent: (rows: Int, columns: Int)
  let width: Int

  func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    let wide = try network.apply(Projection("fc1", outputs: width), to: input)
    let map = try network.map(of: wide, extent, as: "map")
    let mixed = try network.apply(
      Convolution("dwconv.dwconv", channels: width, kernel: 3, padding: 1, groups: width), to: map)
    let tokens = try network.tokens(of: mixed, as: "tokens")
    let active = try network.add(ElementwiseFunction(.gelu), [tokens], as: "act")
    return try network.apply(Projection("fc2", outputs: input.shape[2]), to: active)
  }
}

extension NetworkBuilder {
  /// A map `[N, C, H, W]` as tokens `[N, H·W, C]`.
  fileprivate mutating func tokens(of map: Value, as name: String) throws -> Value {
    let shape = map.shape
    let flat = try add(Reshape(to: [shape[0], shape[1], shape[2] * shape[3]]), [map], as: name + ".flat")
    return try add(Transpose(permutation: [0, 2, 1]), [flat], as: name)
  }

  /// Tokens `[N, H·W, C]` as a map `[N, C, H, W]`.
  fileprivate mutating func map(of tokens: Value, _ extent: (rows: Int, columns: Int), as name: String) throws -> Value
  {
    let moved = try add(Transpose(permutation: [0, 2, 1]), [tokens], as: name + ".moved")
    return try add(Reshape(to: [tokens.shape[0], tokens.shape[2], extent.rows, extent.columns]), [moved], as: name)
  }
}

extension Interpolation {
  /// PyTorch's bilinear interpolation of an axis, from corner to corner or from edge to edge.
  static func linear(from extent: Int, to target: Int, alignsCorners: Bool = false) throws -> Interpolation {
    let ratio = Double(extent) / Double(target), step = Double(extent - 1) / Double(max(target - 1, 1))
    let rows = (0..<target).map { index -> [Term] in
      let place = alignsCorners ? Double(index) * step : max((Double(index) + 0.5) * ratio - 0.5, 0)
      let first = min(Int(place), extent - 1), second = min(first + 1, extent - 1), share = Float(place - Double(first))
      return first == second || share == 0 ? [Term(first, 1)] : [Term(first, 1 - share), Term(second, share)]
    }
    return try Interpolation(rows: rows, sourceExtent: extent)
  }
}

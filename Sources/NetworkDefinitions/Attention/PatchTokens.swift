import GraphEngine
import Kernels

/// An image as tokens: its patches, where they stand, and tokens in front that stand nowhere.
struct PatchTokens: Block {
  let name: String? = ""
  let plan: VisionTransformerPlan

  func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    let (found, depth) = (plan.found, plan.depth)
    let maps = try network.within("patch_embed.proj") { network in
      var inputs = [input, try network.parameter("weight", shape: [depth, plan.channels] + plan.patch)]
      if found.has("patch_embed.proj.bias") { inputs.append(try network.parameter("bias", shape: [depth])) }
      let geometry = ConvolutionGeometry(
        strides: plan.patch, dilations: [1, 1], paddingBefore: [0, 0], paddingAfter: [0, 0])
      return try network.add(GraphEngine.Convolution(geometry), inputs)
    }
    let (rows, columns) = (maps.shape[2], maps.shape[3])
    let flat = try network.add(Reshape(to: [maps.shape[0], depth, rows * columns]), [maps], as: "patch_embed.flat")
    var tokens = try network.add(Transpose(permutation: [0, 2, 1]), [flat], as: "patch_embed")
    let front = plan.front, placed = plan.placedTokens
    guard found.shapes["pos_embed"] != nil else { return try joined(front, with: tokens, in: &network) }
    let places = try network.places(plan, rows: rows, columns: columns)
    var rest: [(name: String, count: Int)] = []
    if placed == 0 {
      tokens = try network.add(Arithmetic(.add), [tokens, places], as: "pos_add")
      return try joined(front, with: tokens, in: &network)
    }
    // As many tokens as have places come first; registers follow them, behind the addition where they have none.
    var count = 0, first: [(name: String, count: Int)] = []
    for token in front {
      if count < placed { first.append(token) } else { rest.append(token) }
      count += token.count
    }
    tokens = try joined(first, with: tokens, in: &network)
    tokens = try network.add(Arithmetic(.add), [tokens, places], as: "pos_add")
    guard !rest.isEmpty else { return tokens }
    let all = tokens.shape
    func part(_ range: Range<Int>, _ name: String) throws -> NetworkBuilder.Value {
      try network.add(
        Slice(starts: [0, range.lowerBound, 0], ends: [all[0], range.upperBound, all[2]], steps: [1, 1, 1]), [tokens],
        as: name)
    }
    let leading = try part(0..<placed, "pos_add.front"), patches = try part(placed..<all[1], "pos_add.patches")
    let registers = try rest.map { try expanded($0, images: all[0], in: &network) }
    return try network.add(GraphEngine.Concatenation(axis: 1), [leading] + registers + [patches], as: "tokens")
  }

  private func joined(
    _ front: [(name: String, count: Int)], with tokens: NetworkBuilder.Value, in network: inout NetworkBuilder
  ) throws -> NetworkBuilder.Value {
    guard !front.isEmpty else { return tokens }
    let leading = try front.map { try expanded($0, images: tokens.shape[0], in: &network) }
    return try network.add(GraphEngine.Concatenation(axis: 1), leading + [tokens], as: "tokens")
  }

  /// A learned token for each image.
  private func expanded(
    _ token: (name: String, count: Int), images: Int, in network: inout NetworkBuilder
  ) throws -> NetworkBuilder.Value {
    let value = try network.parameter(token.name, shape: [1, token.count, plan.depth])
    return try network.add(Expand(to: [images, token.count, plan.depth]), [value], as: token.name + ".expanded")
  }
}

extension NetworkBuilder {
  /// The position embeddings, resampled where the image has another grid of patches than they were learned with.
  fileprivate mutating func places(_ plan: VisionTransformerPlan, rows: Int, columns: Int) throws -> Value {
    let (grid, front, depth) = (plan.grid, plan.placedTokens, plan.depth)
    let learned = try parameter("pos_embed", shape: [1, front + grid * grid, depth])
    guard rows != grid || columns != grid else { return learned }
    func part(_ range: Range<Int>, _ name: String) throws -> Value {
      try add(
        Slice(starts: [0, range.lowerBound, 0], ends: [1, range.upperBound, depth], steps: [1, 1, 1]), [learned],
        as: name)
    }
    let map = try add(
      Reshape(to: [1, grid, grid, depth]), [part(front..<front + grid * grid, "pos_embed.patches")], as: "pos_embed.map"
    )
    let axes = [
      Resize.Axis(1, try .bicubic(from: grid, to: rows, isSmoothed: plan.smoothsPlaces)),
      Resize.Axis(2, try .bicubic(from: grid, to: columns, isSmoothed: plan.smoothsPlaces)),
    ]
    let resized = try add(Resize(axes), [map], as: "pos_embed.resized")
    let flat = try add(Reshape(to: [1, rows * columns, depth]), [resized], as: "pos_embed.flat")
    guard front > 0 else { return flat }
    return try add(
      GraphEngine.Concatenation(axis: 1), [part(0..<front, "pos_embed.front"), flat], as: "pos_embed.all")
  }
}

extension Interpolation {
  /// PyTorch's bicubic interpolation of an axis, corners not aligned: Keys' curve with a = −3/4, or antialiased with −1/2.
  static func bicubic(from extent: Int, to target: Int, isSmoothed: Bool) throws -> Interpolation {
    let ratio = Double(extent) / Double(target), a = isSmoothed ? -0.5 : -0.75
    let widening = isSmoothed ? max(ratio, 1) : 1
    func weight(_ distance: Double) -> Double {
      let x = abs(distance)
      if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
      return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
    }
    let rows = (0..<target).map { index -> [Term] in
      let center = (Double(index) + 0.5) * ratio - 0.5
      let first = Int((center - 2 * widening).rounded(.down)), last = Int((center + 2 * widening).rounded(.up))
      var weights: [Int: Double] = [:]
      for place in first...last where !isSmoothed || (0..<extent).contains(place) {
        // Without smoothing, the last position is repeated beyond the ends.
        weights[min(max(place, 0), extent - 1), default: 0] += weight((Double(place) - center) / widening)
      }
      let sum = isSmoothed ? weights.values.reduce(0, +) : 1
      return weights.filter { $0.value != 0 }.sorted { $0.key < $1.key }.map { Term($0.key, Float($0.value / sum)) }
    }
    return try Interpolation(rows: rows, sourceExtent: extent)
  }
}

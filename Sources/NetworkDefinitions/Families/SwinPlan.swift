import GraphEngine
import Kernels

/// What the shapes of the weights tell of a Swin transformer, and what its library's description adds.
struct SwinPlan: Sendable {
  let found: Inventory
  /// The filters that make tokens of patches.
  let patches: [Int]
  let epsilon: Float
  /// Whether it is V2, whose scores are cosines and which normalises behind each layer.
  let isSecond: Bool
  /// The height and width of the images it was trained with.
  let side: Int
  let name: String
  /// The extent of a window along either axis.
  private let window: Int
  /// The extents of windows in an earlier training, by stage, where there was one.
  private let trained: [Int]

  init?(_ found: Inventory, _ told: NetworkDescription) {
    guard let patches = found.weight("patch_embed.proj"), patches.count == 4, patches[2] > 0 else { return nil }
    let attention = "layers.0.blocks.0.attn."
    let table = found.shapes[attention + "relative_position_bias_table"]
    isSecond = found.shapes[attention + "logit_scale"] != nil && found.has(attention + "cpb_mlp.0")
    guard isSecond || table?.count == 2 else { return nil }
    (self.found, self.patches) = (found, patches)
    epsilon = Float(told.number("layer_norm_eps") ?? 1e-5)
    let generic = ["swin", "swinv2"]
    let said = told.name.flatMap { generic.contains($0) ? nil : $0 }
    if isSecond {
      // The weights tell no window; names do: swinv2_base_window12to16_192to256.
      let parts = (said ?? "").firstMatch(of: /window(\d+)(?:to(\d+))?/)
      let first = parts.flatMap { Int($0.1) }, last = parts.flatMap { $0.2 }.flatMap { Int($0) } ?? first
      let stored = found.shapes[attention + "relative_coords_table"].flatMap { $0.count == 4 ? ($0[1] + 1) / 2 : nil }
      let arguments = told.settings["model_args"]
      window = max(
        1, stored ?? told.integer("window_size") ?? arguments["window_size"].integer ?? last ?? 8)
      side = told.imageSide ?? [12: 192, 24: 384][window] ?? 32 * max(window, 8)
      let numbers = told.settings["pretrained_window_sizes"].list ?? arguments["pretrained_window_sizes"].list
      // Of windows that were widened, the last stage had half as wide ones, which spanned its map.
      let widened = parts?.2 == nil ? [] : [first, first, first, first.map { $0 / 2 }].compactMap(\.self)
      trained = numbers?.compactMap(\.integer) ?? widened
    } else {
      window = Self.window(of: table)
      // Seven windows a side in the first stage is what all were trained with.
      (side, trained) = (patches[2] * window * 8, [])
    }
    let size =
      [96: found.count("layers.2.blocks.#") > 6 ? "small" : "tiny", 128: "base", 192: "large"][patches[0]]
      ?? "\(patches[0])"
    name = said ?? "\(isSecond ? "swinv2" : "swin")_\(size)_window\(window)"
  }

  /// The extent of windows of a table of `(2w − 1)²` distances.
  private static func window(of table: [Int]?) -> Int {
    max(1, (Int(Double(table?.first ?? 1).squareRoot().rounded()) + 1) / 2)
  }

  func block(_ stage: Int, _ place: Int) -> Sequential {
    let path = "layers.\(stage).blocks.\(place)"
    let attention = attention(of: path, stage, isShifted: place % 2 == 1)
    let perceptron = Perceptron(
      name: "mlp", width: found.outputs(path + ".mlp.fc1") ?? 1, activation: .plain(.gelu))
    let norms = ["norm1", "norm2"].map { LayerNormalization($0, epsilon: epsilon) }
    return Sequential("blocks.\(place)") {
      for (norm, layer) in zip(norms, [attention, perceptron] as [any Block]) {
        if isSecond {
          Residual {
            layer
            norm
          }
        } else {
          Residual {
            norm
            layer
          }
        }
      }
    }
  }

  private func attention(of path: String, _ stage: Int, isShifted: Bool) -> WindowAttention {
    let stem = path + ".attn."
    let windows: WindowAttention.Windows = isShifted ? .shiftedBlocks : .blocks
    let table = found.shapes[stem + "relative_position_bias_table"]
    let heads = isSecond ? found.shapes[stem + "logit_scale"]?.first ?? 1 : table?.last ?? 1
    var attention = SelfAttention(name: "", heads: heads)
    attention.isCosine = isSecond
    attention.biases = (
      found.has(stem + "q.bias"), found.has(stem + "k.bias"), found.has(stem + "v.bias"), found.has(stem + "proj.bias")
    )
    guard isSecond else {
      return WindowAttention(name: "attn", window: Self.window(of: table), windows: windows, attention: attention)
    }
    if let logarithms = found.shapes[stem + "relative_coords_table"], logarithms.count == 4 {
      return WindowAttention(
        name: "attn", window: (logarithms[1] + 1) / 2, windows: windows, attention: attention,
        distances: .storedLogarithms)
    }
    // A window is no wider than the map that the network was made for.
    let own = max(1, min(window, (side / patches[2]) >> stage))
    let before = stage < trained.count && trained[stage] > 0 ? trained[stage] : own
    return WindowAttention(
      name: "attn", window: own, windows: windows, attention: attention, distances: .continuous(trained: before))
  }
}

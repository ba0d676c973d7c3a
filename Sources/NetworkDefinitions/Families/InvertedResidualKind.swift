import GraphEngine
import Kernels

/// The published networks of inverted residuals that go by timm's names, told apart by their stages.
///
/// A stage is written by what its blocks begin with, `d` a depthwise convolution, `x` a full one that expands, `c` one alone, by
/// their kernels, and by `g` where they have gates: `d35g`. Networks that share names and layers differ in these, and in functions,
/// strides and shortcuts, which no shape tells.
struct InvertedResidualKind: Sendable {
  /// What networks of this kind are called, or one of them.
  let name: String
  fileprivate let stages: String
  /// Whether the head has a normalisation, which MobileNetV3's has not.
  fileprivate let isNormalized: Bool
  /// The function, where it is another than that of MobileNet and EfficientNet.
  let function: UnaryFunction?
  /// Whether there are only those that TensorFlow trained.
  private(set) var isTensorFlow = false
  /// Whether there are others that TensorFlow trained.
  let hasTwin: Bool

  private init(
    _ name: String, _ stages: String, head: Bool = true, _ function: UnaryFunction? = nil, twin: Bool = false
  ) {
    (self.name, self.stages, isNormalized, self.function, hasTwin) = (name, stages, head, function, twin)
  }

  /// The kind that weights are of by their stages; `nil` where none is known.
  init?(of found: Inventory) {
    let stages = Self.stages(of: found).joined(separator: " ")
    guard let kind = Self.published.first(where: { $0.stages == stages && $0.isNormalized == found.has("bn2") }) else {
      return nil
    }
    self = kind
    // MobileNetV3 without gates, and EfficientNetV2-B, whose stem is wide for its depth.
    let isMinimal = !isNormalized && !stages.contains("g")
    let isWide = name == "efficientnetv2" && stages.hasPrefix("c3") && self.count == 6
    isTensorFlow = isMinimal || isWide && found.outputs("conv_stem") ?? 0 >= 32
  }

  private var count: Int { stages.split(separator: " ").count }

  private static let published: [InvertedResidualKind] = [
    .init("efficientnet_b0", "d3g d3g d5g d3g d5g d5g d3g", twin: true),
    .init("efficientnet_lite0", "d3 d3 d5 d3 d5 d5 d3", twin: true),
    .init("mobilenetv2_100", "d3 d3 d3 d3 d3 d3 d3"),
    .init("mnasnet_100", "d3 d3 d5 d5 d3 d5 d3", .relu),
    .init("mnasnet_small", "d3 d3 d3 d5g d3g d5g d3", .relu),
    .init("semnasnet_100", "d3 d3 d5g d3 d3g d5g d3", .relu),
    .init("fbnetc_100", "d3 d3 d35 d5 d5 d5 d3", .relu),
    .init("spnasnet_100", "d3 d3 d35 d35 d5 d5 d3", .relu),
    .init("efficientnetv2", "c3 x3 x3 d3g d3g d3g"),
    .init("efficientnetv2", "x3 x3 x3 d3g d3g d3g"),
    .init("efficientnetv2", "c3 x3 x3 d3g d3g d3g d3g"),
    .init("efficientnet_es", "x3 x3 x3 d5 d5 d5", .relu, twin: true),
    .init("mobilenetv3_small_100", "d3g d3 d5g d5g d5g c1", head: false),
    .init("mobilenetv3_large_100", "d3 d3 d5g d3 d3g d5g c1", head: false),
    .init("tf_mobilenetv3_small_minimal_100", "d3 d3 d3 d3 d3 c1", head: false),
    .init("tf_mobilenetv3_large_minimal_100", "d3 d3 d3 d3 d3 d3 c1", head: false),
  ]

  /// The stages of weights as they are written here.
  static func stages(of found: Inventory) -> [String] {
    (0..<found.count("blocks.#")).map { stage in
      let paths = (0..<found.count("blocks.\(stage).#")).map { "blocks.\(stage).\($0)" }
      var kinds: Set<String> = [], kernels: Set<Int> = [], gates: Set<String> = []
      for path in paths {
        let layer = ["conv_dw", "conv_exp", "conv"].first { found.weight("\(path).\($0)")?.count == 4 }
        kinds.insert(layer == "conv_dw" ? "d" : layer == "conv_exp" ? "x" : layer == "conv" ? "c" : "?")
        if let layer { kernels.insert(found.filters("\(path).\(layer)")[2]) }
        gates.insert(found.has(path + ".se") ? "g" : "")
      }
      return kinds.sorted().joined() + kernels.sorted().map(String.init).joined()
        + (gates.count > 1 ? "~" : gates.first ?? "")
    }
  }

  /// The names of the three kinds that most stages are the same of.
  static func nearest(to stages: [String]) -> [String] {
    let ranked = published.map { kind in
      let theirs = kind.stages.split(separator: " ").map(String.init)
      return (kind.name, zip(theirs, stages).count { $0 == $1 } - abs(theirs.count - stages.count))
    }.sorted { $0.1 > $1.1 }
    var names: [String] = []
    for (name, _) in ranked where names.count < 3 && !names.contains(name) { names.append(name) }
    return names.dropLast()
      + (names.last.map { ["\($0), for one of which --network NAME --weights FILE takes them"] } ?? [])
  }
}

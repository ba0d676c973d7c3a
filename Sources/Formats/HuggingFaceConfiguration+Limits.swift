import GraphEngine
import NetworkDefinitions

// What shapes do not tell and config.json does is either followed or refused: a network that computes otherwise than its
// configuration says would look right.

extension HuggingFaceConfiguration {
  /// What the file says and the definition of such networks does otherwise, in words that follow the file's name; `nil`
  /// where nothing does.
  var contradiction: String? {
    let settings = description.settings
    let limits = Self.limits[kind] ?? []
    for (key, accepted) in limits {
      let said = settings[key]
      guard !said.isNull, !accepted.contains(said) else { continue }
      let only = accepted.map(\.spelled).joined(separator: " or ")
      return "says \(key) \(said.spelled), and \(kind) is computed with \(only) alone"
    }
    guard let function = settings["hidden_act"].text, !NetworkDescription.functions.contains(function),
      !limits.contains(where: { $0.key == "hidden_act" })
    else { return nil }
    return "says hidden_act '\(elided(function, to: 60))', which is no function that is known; there are "
      + NetworkDescription.functions.joined(separator: ", ")
  }

  /// What definitions compute in one way alone: what they are called, the field, and what it may hold.
  private static let limits: [String: [(key: String, accepted: [JSONValue])]] = {
    let silu: [JSONValue] = [.text("silu"), .text("swish")], gelu: [JSONValue] = [.text("gelu")]
    let stride: (String, [JSONValue]) = ("output_stride", [.number(32)]),
      patch: (String, [JSONValue]) = ("patch_size", [.number(2)])
    return [
      "resnet": [("hidden_act", [.text("relu")]), ("downsample_in_first_stage", [.flag(false)])],
      "regnet": [("hidden_act", [.text("relu")])],
      "efficientnet": [
        ("hidden_act", silu), ("pooling_type", [.text("mean")]),
        ("strides", [.list([1, 2, 2, 2, 1, 2, 1].map { .number($0) })]),
      ],
      "mobilenet_v1": [("hidden_act", [.text("relu6")])],
      "mobilenet_v2": [("hidden_act", [.text("relu6")]), stride],
      "mobilevit": [("hidden_act", silu), stride, patch, ("conv_kernel_size", [.number(3)])],
      "mobilevitv2": [("hidden_act", silu), stride, patch, ("conv_kernel_size", [.number(3)])],
      "swin": [("hidden_act", gelu)], "swinv2": [("hidden_act", gelu)], "segformer": [("hidden_act", gelu)],
      "convnext": [("hidden_act", gelu)], "convnextv2": [("hidden_act", gelu)],
    ]
  }()
}

extension JSONValue {
  /// As JSON has it, of what is short.
  fileprivate var spelled: String {
    switch self {
    case .flag(let flag): "\(flag)"
    case .number(let number): Int(exactly: number).map(String.init) ?? "\(number)"
    case .text(let text): "'\(elided(text, to: 60))'"
    case .list(let items): "[\(joined(items.map(\.spelled), by: ", ", within: 80, kind: "more"))]"
    case .null, .object: "of another kind"
    }
  }
}

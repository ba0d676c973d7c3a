/// torchvision's names of a network of inverted residuals, where a layer's number depends on which others there are.
struct TorchvisionRows {
  private var lines: [(from: String, to: String)] = [("features.0.0.", "conv_stem."), ("features.0.1.", "bn1.")]
  private let found: Inventory

  init(_ found: Inventory) {
    self.found = found
    let last = found.count("features.#") - 1
    guard last > 0 else { return }
    for number in 1...last {
      let path = "features.\(number)", ours = "blocks.\(number - 1)"
      if found.has(path + ".block") {
        block(path + ".block", as: ours)
      } else if found.has(path + ".conv") {
        block(path + ".conv", as: ours)
      } else if found.has(path + ".0.block") {
        for place in 0..<found.count(path + ".#") { block("\(path).\(place).block", as: "\(ours).\(place)") }
      } else if found.has("classifier.3") {
        // MobileNetV3's last convolution, of which the first layer of the classifier is the head.
        lines += [(path + ".0.", ours + ".conv."), (path + ".1.", ours + ".bn1.")]
      } else {
        lines += [(path + ".0.", "conv_head."), (path + ".1.", "bn2.")]
      }
    }
    lines += found.has("classifier.3") ? [("classifier.0.", "conv_head."), ("classifier.3.", "classifier.")] : []
    lines += [("classifier.1.", "classifier.")]
  }

  private mutating func block(_ path: String, as ours: String) {
    let places = 0..<found.count(path + ".#")
    func layer(_ place: Int) -> String { found.has("\(path).\(place).0") ? "\(path).\(place).0" : "\(path).\(place)" }
    let convolutions = places.filter { found.weight(layer($0))?.count == 4 && !found.has("\(path).\($0).fc1") }
    let depthwise = convolutions.first { place in
      found.weight(layer(place)).map { $0[1] == 1 && $0[0] > 1 } ?? false
    }
    for place in places {
      if found.has("\(path).\(place).fc1") {
        lines += [
          ("\(path).\(place).fc1.", ours + ".se.conv_reduce."), ("\(path).\(place).fc2.", ours + ".se.conv_expand."),
        ]
        continue
      }
      guard convolutions.contains(place) else { continue }
      let names: (String, String)
      if let depthwise {
        names = place == depthwise ? ("conv_dw", "bn2") : place < depthwise ? ("conv_pw", "bn1") : ("conv_pwl", "bn3")
      } else {
        names =
          convolutions.count == 1
          ? ("conv", "bn1") : place == convolutions[0] ? ("conv_exp", "bn1") : ("conv_pwl", "bn2")
      }
      let isGroup = found.has("\(path).\(place).0")
      let norm = isGroup ? "\(path).\(place).1." : "\(path).\(place + 1)."
      lines += [(layer(place) + ".", "\(ours).\(names.0)."), (norm, "\(ours).\(names.1).")]
    }
  }

  func rename(_ weights: inout WeightFile) {
    var renamed: [String: FileTensor] = [:]
    for (name, tensor) in weights.tensors {
      let line = lines.first { name.hasPrefix($0.from) }
      renamed[line.map { $0.to + name.dropFirst($0.from.count) } ?? name] = tensor
    }
    // A linear layer over single positions is a convolution of 1 × 1.
    if let head = renamed["conv_head.weight"], head.shape.count == 2 {
      renamed["conv_head.weight"] = head.reshaped(head.shape + [1, 1])
    }
    weights.tensors = renamed
  }
}

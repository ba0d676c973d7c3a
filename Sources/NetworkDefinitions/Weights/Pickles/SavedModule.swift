/// What a module that PyTorch saved whole says of one of its layers besides the weights.
struct SavedModule: Sendable {
  /// Where it stands, by PyTorch's names: `layer1.0.relu`; empty for the whole.
  let path: String
  /// The class with its package: `torch.nn.modules.conv.Conv2d`.
  let className: String
  /// The class without its package: `Conv2d`.
  let kind: String
  /// Whether it has neither weights nor parts: an activation function, a pooling.
  var isBare = false
  /// The attributes that are numbers, or lists of them: `stride`, 2 and 2.
  private(set) var numbers: [String: [Double]] = [:]
  /// The attributes that are texts: `padding_mode`, `zeros`.
  private(set) var texts: [String: String] = [:]

  /// The path of the layer that it is a part of.
  var parent: String { path.lastIndex(of: ".").map { String(path[..<$0]) } ?? "" }

  /// Whether what it computes is known by its class.
  var isOfLibrary: Bool {
    ["torch.", "torchvision.", "timm.", "transformers."].contains(where: className.hasPrefix)
  }

  /// The layer of a class with the attributes in `state`.
  init(at path: String, className: String, state: PickleValue, in data: PickledData) {
    self.path = path
    self.className = className
    kind = className.split(separator: ".").last.map(String.init) ?? className
    for (key, value) in data.pairs(state) ?? [] where !key.hasPrefix("_") {
      if let number = data.number(value) {
        numbers[key] = [number]
      } else if let text = data.text(value) {
        texts[key] = text
      } else if let items = data.sequence(value), items.count <= 4 {
        let list = items.compactMap(data.number)
        if list.count == items.count { numbers[key] = list }
      }
    }
  }
}

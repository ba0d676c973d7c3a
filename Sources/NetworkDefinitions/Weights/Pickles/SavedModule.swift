/// What a module that PyTorch saved whole says of one of its layers besides the weights.
struct SavedModule: Sendable {
  /// The class without its package: `Conv2d`.
  let kind: String
  /// The attributes that are numbers, or lists of them: `stride`, 2 and 2.
  private(set) var numbers: [String: [Double]] = [:]
  /// The attributes that are texts: `padding_mode`, `zeros`.
  private(set) var texts: [String: String] = [:]

  /// The layer of a class with the attributes in `state`.
  init(className: String, state: PickleValue, in data: PickledData) {
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

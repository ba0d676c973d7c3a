/// The tensors of a file by name, as families of networks look at them to tell what they are of.
struct Inventory {
  /// The shape of each tensor.
  let shapes: [String: [Int]]
  /// All paths that tensors lie beneath: `layer1`, `layer1.0`.
  private let paths: Set<String>

  init(_ shapes: [String: [Int]]) {
    self.shapes = shapes
    var paths: Set<String> = []
    for name in shapes.keys {
      var path = Substring(name)
      while let dot = path.lastIndex(of: ".") {
        path = path[..<dot]
        guard paths.insert(String(path)).inserted else { break }
      }
    }
    self.paths = paths
  }

  /// Whether a tensor has this name, or lies beneath this path.
  func has(_ name: String) -> Bool { shapes[name] != nil || paths.contains(name) }

  /// The extents of the tensor `weight` of a layer.
  func weight(_ layer: String) -> [Int]? { shapes[layer + ".weight"] }

  /// The extents of a convolution's filters; ones where it has none.
  func filters(_ layer: String) -> [Int] {
    guard let shape = weight(layer), shape.count == 4 else { return [1, 1, 1, 1] }
    return shape
  }

  /// How many outputs a layer has: the first extent of its weight.
  func outputs(_ layer: String) -> Int? { weight(layer)?.first }

  /// How many parts there are with a number in the place of `#`, counted from `first`: `layer1.#`.
  func count(_ pattern: String, from first: Int = 0) -> Int {
    var number = first
    while has(pattern.replacing("#", with: "\(number)")) { number += 1 }
    return number - first
  }
}

@_spi(Limn) import Tensors

extension NetworkDefinition {
  /// The networks that come with Limn, by the names that torchvision gives them; all but the last two are its own.
  public static let builtIn: [NetworkDefinition] = [
    alexnet, vgg11, vgg11BN, vgg13, vgg13BN, vgg16, vgg16BN, vgg19, vgg19BN, resnet18, resnet34, resnet50, resnet101,
    resnet152, squeezenet10, squeezenet11, mobilenetV2, densenet121, cifarResnet20, cifarResnet56,
  ]

  /// The network of this name; capitals, hyphens, underscores and points do not matter.
  ///
  /// - Throws: ``NetworkError/noSuchNetwork(_:nearest:among:)``.
  public static func named(_ name: String) throws -> NetworkDefinition {
    func plain(_ name: String) -> String { name.lowercased().filter { !"-_. ".contains($0) } }
    if let found = builtIn.first(where: { plain($0.name) == plain(name) }) { return found }
    let names = builtIn.map(\.name)
    throw NetworkError.noSuchNetwork(
      name, nearest: Tensors.nearest(to: name, among: names, limit: 3) { $0 }, among: names)
  }

  /// Whether a name tells networks apart whose weights have the same names and shapes, as timm's `tf_efficientnet_b0` and
  /// `efficientnet_b0` do.
  public static func isVariant(_ name: String) -> Bool {
    ["tf_", "efficientnet", "mobilenetv", "mnasnet", "semnasnet"].contains(where: name.hasPrefix)
  }

  /// The name of another network that these weights fit exactly.
  static func named(bySorting weights: some WeightSource, apartFrom name: String) -> String? {
    builtIn.first { $0.name != name && $0.fits(weights) }?.name
  }

  private func fits(_ weights: some WeightSource) -> Bool { fits(weights.shapes) }

  /// Whether tensors of these shapes are the network's parameters, all of them and no others.
  func fits(_ shapes: [String: [Int]]) -> Bool {
    let found = CurrentNames(of: shapes, in: self)
    guard let classes = found.shapes[classifier + ".weight"]?.first,
      let outline = try? outline(classes: classes, input: [1] + input)
    else { return false }
    return WeightMismatch.isNone(of: found.shapes, to: outline.parameters, ignoring: outline.builder.ignored)
  }
}

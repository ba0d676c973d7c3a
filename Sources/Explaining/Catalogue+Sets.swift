public import AttributionKit
import AttentionRolloutMethod
import MethodCatalog

/// Sets of methods that one word names.
extension Catalogue {
  /// The words: `all`, `fast`, and one for each family.
  public var setNames: [String] {
    ["all", "fast"]
      + methods.map(\.family.identifier).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// The methods compared where none are named: eight that differ, so that a sheet stays readable, and the quick ones that
  /// were added.
  ///
  /// - Parameter model: the network; one with attention to parts of the image is shown what follows it. Methods that do
  ///   not apply to it are left out, unless none but controls would stay.
  /// - Returns: The methods, in the order in which they are shown.
  public func standard(on model: (any ModelAdapter)? = nil) -> [MethodDescriptor] {
    let names = model.map(Self.followsAttention) == true ? Self.standardForAttention : Self.standardForConvolutions
    let chosen = names.compactMap { name in methods.first { $0.identifier == name } }
    let added = quick.filter { method in !MethodCatalog.methods.contains { $0.identifier == method.identifier } }
    let (shown, control) = (chosen.filter { $0.family != .controls } + added, chosen.filter { $0.family == .controls })
    let apt = shown.filter { $0.applies(to: model) }
    return (apt.isEmpty ? shown : apt) + control
  }

  /// Whether a network has attention to parts of the image, one block after the other.
  static func followsAttention(_ model: any ModelAdapter) -> Bool {
    Need.attentionChain.unmet(by: model, for: AttentionRollout()) == nil
  }

  private static let standardForConvolutions = [
    "grad-cam", "layer-cam", "eigen-cam", "full-grad", "guided-grad-cam", "gradient", "lrp", "random",
  ]

  private static let standardForAttention = [
    "grad-cam", "attention-rollout", "generic-attention", "transformer-attribution", "legrad", "attn-lrp", "gradient",
    "random",
  ]

  /// The methods of a set; `nil` for a word that names none, or a method.
  ///
  /// - Parameters:
  ///   - name: `all` and `fast`, the latter without passes of their own, in the order of what they cost; or a family.
  ///   - model: the network, whose methods that do not apply are left out.
  /// - Returns: The methods, the cheapest first.
  public func set(named name: String, on model: (any ModelAdapter)? = nil) -> [MethodDescriptor]? {
    guard isSet(name) else { return nil }
    let members =
      switch name {
      case "all": methods
      case "fast": methods.filter { $0.cost().isShared }
      default: methods.filter { $0.family.identifier == name }
      }
    let apt = members.filter { $0.applies(to: model) }
    // Counted once for each: what comes after a layer is measured on the network.
    return (apt.isEmpty ? members : apt).enumerated().map { (method: $1, cost: ($1.passes(on: model), $0)) }
      .sorted { $0.cost < $1.cost }.map(\.method)
  }

  /// Whether a word names a set; one that a method bears is the method's.
  func isSet(_ name: String) -> Bool {
    setNames.contains(name) && !methods.contains { $0.identifier == name }
  }
}

extension MethodDescriptor {
  /// Whether a network meets all its needs; true where no network is known.
  fileprivate func applies(to model: (any ModelAdapter)?) -> Bool {
    guard let model else { return true }
    return needs.allSatisfy { $0.unmet(by: model, for: prototype) == nil }
  }

  /// What it costs in forward passes; more than any, where that is not known.
  fileprivate func passes(on model: (any ModelAdapter)?) -> Double {
    cost(on: model).duration(forward: .seconds(1)).map { $0 / .seconds(1) } ?? .infinity
  }
}

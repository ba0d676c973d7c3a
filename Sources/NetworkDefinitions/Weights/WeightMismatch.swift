@_spi(Limn) import Tensors

/// How the tensors of a source differ from those a network has: all of them, by name.
public struct WeightMismatch: Hashable, Sendable {
  /// A parameter that the source lacks.
  public struct Missing: Hashable, Sendable {
    public let name: String
    public let shape: [Int]
    /// The tensor in excess that it may be under another name.
    public let nearest: String?
  }

  /// A tensor of another shape than the network's.
  public struct Misshapen: Hashable, Sendable {
    public let name: String
    public let expected: [Int]
    public let found: [Int]
  }

  public let missing: [Missing]
  public let misshapen: [Misshapen]
  /// The names of tensors that the network has no use for.
  public let extra: [String]

  public var isEmpty: Bool { missing.isEmpty && misshapen.isEmpty && extra.isEmpty }

  init(of found: [String: [Int]], to parameters: [Parameter], ignoring ignored: Set<String>) {
    let expected = Set(parameters.map(\.name))
    let extra = found.keys.filter { !expected.contains($0) && !ignored.contains($0) }.sorted()
    missing = parameters.filter { found[$0.name] == nil }.enumerated().map { place, parameter in
      // Of those that nobody reads of, the name nearest is not looked for, which takes long among many.
      guard place < 8 else { return Missing(name: parameter.name, shape: parameter.shape, nearest: nil) }
      // A renamed tensor keeps its shape, which tells more than letters do.
      let alike = extra.filter { found[$0] == parameter.shape }
      let nearest = Tensors.nearest(to: parameter.name, among: alike.isEmpty ? extra : alike, limit: 1) { $0 }.first
      return Missing(name: parameter.name, shape: parameter.shape, nearest: nearest)
    }
    misshapen = parameters.compactMap { parameter in
      guard let shape = found[parameter.name], shape != parameter.shape else { return nil }
      return Misshapen(name: parameter.name, expected: parameter.shape, found: shape)
    }
    self.extra = extra
  }
}

extension WeightMismatch {
  /// Whether there is none, which is much sooner known than what it would be.
  static func isNone(of found: [String: [Int]], to parameters: [Parameter], ignoring ignored: Set<String>) -> Bool {
    let expected = Set(parameters.map(\.name))
    return parameters.allSatisfy { found[$0.name] == $0.shape }
      && found.keys.allSatisfy { expected.contains($0) || ignored.contains($0) }
  }
}

extension WeightMismatch: CustomStringConvertible {
  /// The tensors by name, the worst first, as many of each kind as fit in a few lines.
  public var description: String {
    func list(_ tensors: [String]) -> String { joined(tensors, by: ", ", within: 130, kind: "more") }
    func count(_ number: Int) -> String { number == 1 ? "1 tensor is" : "\(number) tensors are" }
    var parts: [String] = []
    if !missing.isEmpty {
      let tensors = missing.map { tensor in
        let nearest = tensor.nearest.map { ", nearest \(elided($0, to: 60))" } ?? ""
        return "\(elided(tensor.name, to: 60)) (\(spelled(tensor.shape))\(nearest))"
      }
      parts.append("\(count(missing.count)) missing: \(list(tensors))")
    }
    if !misshapen.isEmpty {
      let tensors = misshapen.map {
        "\(elided($0.name, to: 60)) is \(spelled($0.found)) instead of \(spelled($0.expected))"
      }
      parts.append("\(count(misshapen.count)) of another shape: \(list(tensors))")
    }
    if !extra.isEmpty {
      parts.append("\(count(extra.count)) not the network's: \(list(extra.map { elided($0, to: 60) }))")
    }
    return parts.joined(separator: "; ")
  }
}

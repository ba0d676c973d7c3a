public import AttributionKit
import Formats
import GradientMethod
import MethodCatalog
import MetricCatalog
public import Rendering

/// Everything that can be named: what is built in, then what a program added, then what loaded plugins brought.
///
/// A catalogue is a value. Two in one program know nothing of each other.
public struct Catalogue: Sendable {
  /// In the order they are listed to users.
  public private(set) var methods = MethodCatalog.methods
  /// What judges their attributions, in the order it is listed to users.
  public private(set) var metrics = MetricCatalog.metrics
  /// The ways to make one method of others.
  public let combinations = CombinationDescriptor.builtIn
  /// The gradient rules added to the standard one.
  public private(set) var rules: [RuleDescriptor] = []
  /// The scores that have names of their own.
  public private(set) var targets: [TargetDescriptor] = []
  /// The colour maps, by the names users write.
  public private(set) var colorMaps = ColorMap.all
  /// The library whose departures from the papers methods and metrics follow where they are not set otherwise; none without.
  public var compatibility: PeerLibrary?
  /// The formats that are added to those built in.
  private var addedFormats: [any ModelFormat] = []
  /// What stands for an expression of methods.
  private var aliases: [String: String] = [:]
  /// Who brought what is not built in, by kind and name.
  private var origins: [Name: String] = [:]

  /// What is built in.
  public init() {}

  /// The methods that need no passes but the ones that methods compared side by side share; those that follow attention,
  /// which most networks have none of, are asked for by name.
  public var quick: [MethodDescriptor] { methods.filter(\.isQuick) }

  /// The formats of network files, in the order in which they are asked whether a file is theirs.
  public var formats: [any ModelFormat] { BuiltInFormats.all(with: addedFormats) }

  /// The colour map of this name; capitals do not matter.
  public func colorMap(named name: String) -> ColorMap? { colorMaps.first { $0.name == name.lowercased() } }

  /// The named score of this name; capitals do not matter.
  public func target(named name: String) -> TargetDescriptor? { targets.first { $0.identifier == name.lowercased() } }

  /// Adds all of `contributions`, or nothing.
  ///
  /// - Parameters:
  ///   - contributions: What to add.
  ///   - origin: Who brings it, as sentences begin with it: a plugin's path, "this program".
  /// - Throws: ``ExplainingError`` with the remedy, where a name is taken or written as nobody could type it.
  public mutating func add(
    _ contributions: Contributions, from origin: String = "this program"
  ) throws(ExplainingError) {
    var grown = self
    for name in contributions.names { try grown.take(name, for: origin) }
    grown.methods += contributions.methods
    grown.metrics += contributions.metrics
    grown.targets += contributions.targets
    grown.addedFormats += contributions.formats
    for map in contributions.colorMaps { grown.colorMaps.append(try ColorMap(map, from: origin)) }
    if !contributions.rules.isEmpty {
      grown.rules += contributions.rules
      let gradient = Gradient.descriptor(rules: grown.rules)
      grown.methods = grown.methods.map { $0.identifier == gradient.identifier ? gradient : $0 }
    }
    self = grown
  }

  /// Gives names to expressions of methods, which may name each other; what they mean is read when they are used.
  ///
  /// - Throws: ``ExplainingError`` for a name that would hide another, or that nobody could write.
  public mutating func name(_ aliases: [String: String]) throws(ExplainingError) {
    let all = self.aliases.merging(aliases) { _, new in new }
    try explaining {
      if let hiding = aliases.keys.sorted().first(where: { isSet($0.lowercased()) }) {
        throw AttributionError.unusableAlias(hiding, reason: "'\(hiding)' is a set of methods; rename the alias")
      }
      _ = try MethodVocabulary(methods, combinations: combinations).naming(all)
    }
    self.aliases = all
  }

  /// Makes a name the property of `origin`.
  private mutating func take(_ name: Name, for origin: String) throws(ExplainingError) {
    guard name.isWellFormed else {
      throw .data(
        "\(origin) adds a \(name.kind.rawValue) called '\(name.identifier)': names are lower-case words of letters "
          + "and digits, joined by hyphens, so rename it")
    }
    guard !name.isBuiltIn else {
      throw .data(
        "\(origin) adds a \(name.kind.rawValue) '\(name.identifier)', which limn has built in: rename the new one")
    }
    if let owner = origins[name] {
      throw .data(
        "\(origin) adds a \(name.kind.rawValue) '\(name.identifier)', which "
          + (owner == origin ? "it has added before" : "\(owner) has added") + ": rename one of them")
    }
    origins[name] = origin
  }
}

extension Catalogue {
  /// What a method expression can name: the methods here, the ways to combine them, and the aliases.
  public var vocabulary: MethodVocabulary {
    get throws(ExplainingError) {
      try explaining {
        var words = try MethodVocabulary(methods, combinations: combinations).naming(aliases)
        words.sets = Set(setNames.filter(isSet))
        words.defaults = compatibleSettings
        return words
      }
    }
  }

  /// The methods that a text names.
  ///
  /// - Parameters:
  ///   - text: Expressions separated by commas, `cam, smooth(grad-cam)`, and names of sets among them, `all`, `fast`,
  ///     `cams`; without a text the ``standard(on:)`` ones.
  ///   - layer: The layer of methods that take one and were given none, by name or pattern.
  ///   - model: The network, which decides what a set holds.
  /// - Returns: The methods, in the order written.
  /// - Throws: ``ExplainingError`` that points at what cannot be read.
  public func expressions(
    _ text: String? = nil, layer: String? = nil, on model: (any ModelAdapter)? = nil
  ) throws(ExplainingError) -> [MethodExpression] {
    guard let text else { return try expressions(of: standard(on: model), layer: layer) }
    let parts = Self.parts(of: text)
    guard parts.contains(where: { isSet($0.lowercased()) }) else { return try parsed(text, layer: layer) }
    var all: [MethodExpression] = []
    for part in parts {
      let expressions =
        if let set = set(named: part.lowercased(), on: model) { try self.expressions(of: set, layer: layer) } else {
          try parsed(part, layer: layer)
        }
      // What two sets share is shown once.
      all += expressions.filter { one in !all.contains { $0.identifier == one.identifier } }
    }
    return all
  }

  private func parsed(_ text: String, layer: String?) throws(ExplainingError) -> [MethodExpression] {
    let vocabulary = try vocabulary
    return try explaining {
      try MethodExpression.list(parsing: text, among: vocabulary, settings: layer.map { ["layer": $0] } ?? [:])
    }
  }

  /// What stands between the commas of a text that no parentheses enclose.
  package static func parts(of text: String) -> [String] {
    var (parts, depth): ([String], Int) = ([""], 0)
    for letter in text {
      if letter == "," && depth == 0 {
        parts.append("")
        continue
      }
      depth += letter == "(" ? 1 : letter == ")" ? -1 : 0
      parts[parts.count - 1].append(letter)
    }
    return parts.map(\.trimmed)
  }

  private func expressions(
    of methods: [MethodDescriptor], layer: String?
  ) throws(ExplainingError) -> [MethodExpression] {
    try explaining {
      try methods.map { method in
        let takesLayer = method.parameters.contains { $0.name == "layer" }
        var settings = compatibleSettings[method.identifier] ?? [:]
        if takesLayer, let layer { settings["layer"] = layer }
        return try MethodExpression(method, settings)
      }
    }
  }

  /// The settings that do what the other library does, by method.
  private var compatibleSettings: [String: [String: String]] {
    Dictionary(
      (compatibility?.deviations ?? []).map { ($0.identifier, $0.settings) }, uniquingKeysWith: { first, _ in first })
  }
}

extension ColorMap {
  fileprivate init(_ map: ColorMapDescriptor, from origin: String) throws(ExplainingError) {
    guard map.stops.count >= 2 else {
      throw .data("\(origin) adds a colour map '\(map.identifier)' without two colours: give it at least two stops")
    }
    self.init(map.identifier, isDiverging: map.isDiverging, knots: map.stops)
  }
}

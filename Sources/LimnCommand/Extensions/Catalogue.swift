import AttributionKit
import GradientMethod
import MethodCatalog
import Rendering
import Synchronization

/// Everything a run can name: what is built in, then what the program added, then what plugins brought.
struct Catalogue: Sendable {
  /// In the order they are listed to users.
  private(set) var methods = MethodCatalog.methods
  private(set) var rules: [RuleDescriptor] = []
  private(set) var targets: [TargetDescriptor] = []
  private(set) var colorMaps = ColorMap.all
  private(set) var formats: [any ModelFormat] = []
  /// Who brought what is not built in, by kind and name.
  private var origins: [Name: String] = [:]

  /// The catalogue of this run.
  static var current: Catalogue {
    get { shared.withLock { $0 } }
    set { shared.withLock { $0 = newValue } }
  }

  private static let shared = Mutex(Catalogue())

  /// The methods that need no passes but the ones that methods compared side by side share.
  var quick: [MethodDescriptor] { methods.filter { $0.cost().isShared } }

  /// The colour map of this name; capitals do not matter.
  func colorMap(named name: String) -> ColorMap? { colorMaps.first { $0.name == name.lowercased() } }

  /// The named score of this name; capitals do not matter.
  func target(named name: String) -> TargetDescriptor? { targets.first { $0.identifier == name.lowercased() } }

  /// Adds all of `contributions`, or nothing.
  ///
  /// - Parameters:
  ///   - contributions: What to add.
  ///   - origin: Who brings it, as sentences begin with it: a plugin's path, "this program".
  /// - Throws: A sentence with the remedy, where a name is taken or written as nobody could type it.
  mutating func add(_ contributions: Contributions, from origin: String) throws(Failure) {
    var grown = self
    for name in contributions.names { try grown.take(name, for: origin) }
    grown.methods += contributions.methods
    grown.targets += contributions.targets
    grown.formats += contributions.formats
    for map in contributions.colorMaps { grown.colorMaps.append(try ColorMap(map, from: origin)) }
    if !contributions.rules.isEmpty {
      grown.rules += contributions.rules
      let gradient = Gradient.descriptor(rules: grown.rules)
      grown.methods = grown.methods.map { $0.identifier == gradient.identifier ? gradient : $0 }
    }
    self = grown
  }

  /// Makes a name the property of `origin`.
  private mutating func take(_ name: Name, for origin: String) throws(Failure) {
    guard name.isWellFormed else {
      throw .badData(
        "\(origin) adds a \(name.kind.rawValue) called '\(name.identifier)': names are lower-case words of letters "
          + "and digits, joined by hyphens, so rename it")
    }
    guard !name.isBuiltIn else {
      throw .badData(
        "\(origin) adds a \(name.kind.rawValue) '\(name.identifier)', which limn has built in: rename the new one")
    }
    if let owner = origins[name] {
      throw .badData(
        "\(origin) adds a \(name.kind.rawValue) '\(name.identifier)', which "
          + (owner == origin ? "it has added before" : "\(owner) has added") + ": rename one of them")
    }
    origins[name] = origin
  }
}

extension ColorMap {
  fileprivate init(_ map: ColorMapDescriptor, from origin: String) throws(Failure) {
    guard map.stops.count >= 2 else {
      throw .badData("\(origin) adds a colour map '\(map.identifier)' without two colours: give it at least two stops")
    }
    self.init(map.identifier, isDiverging: map.isDiverging, knots: map.stops)
  }
}

public import AttributionKit
import Formats
import MethodCatalog
import MetricCatalog
import Rendering

extension Catalogue {
  /// What someone added, as users name it.
  public struct Name: Hashable, Sendable, Codable {
    /// What is named.
    public let kind: Kind
    /// As users type it: `smooth-dots`.
    public let identifier: String

    /// A name; nothing is checked yet.
    public init(kind: Kind, identifier: String) {
      self.kind = kind
      self.identifier = identifier
    }

    /// What is named; in words, as sentences have it.
    public enum Kind: String, Sendable, Codable, CaseIterable {
      case method
      case metric
      case rule = "gradient rule"
      case target
      case colorMap = "colour map"
      case format = "model format"
    }

    /// Whether it is written as users can type it: `smooth-dots`, `grad-cam++`.
    public var isWellFormed: Bool { identifier.wholeMatch(of: /[a-z][a-z0-9+]*(-[a-z0-9+]+)*/) != nil }

    /// Whether it means something already.
    public var isBuiltIn: Bool { Self.builtIn[kind]?.contains(identifier) ?? false }

    /// The names that mean something already, words that stand for several of a kind among them.
    private static let builtIn: [Kind: Set<String>] = [
      .method: Set(MethodVocabulary(MethodCatalog.methods).names + ["all"]),
      .metric: Set(MetricCatalog.metrics.map(\.identifier) + ["all"]),
      .rule: [RuleDescriptor.standard.identifier],
      .target: ["prediction", "top"],
      .colorMap: Set(ColorMap.allNames),
      .format: Set(BuiltInFormats.all().map(\.identifier)),
    ]
  }
}

extension Contributions {
  /// Everything in it, by name, in the order people are told.
  public var names: [Catalogue.Name] {
    methods.map { .init(kind: .method, identifier: $0.identifier) }
      + metrics.map { .init(kind: .metric, identifier: $0.identifier) }
      + rules.map { .init(kind: .rule, identifier: $0.identifier) }
      + targets.map { .init(kind: .target, identifier: $0.identifier) }
      + colorMaps.map { .init(kind: .colorMap, identifier: $0.identifier) }
      + formats.map { .init(kind: .format, identifier: $0.identifier) }
  }
}

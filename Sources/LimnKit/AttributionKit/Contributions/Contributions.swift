/// What a module adds to the command, beside what is built in.
///
/// A program of your own hands it to `LimnProgram.main(adding:)`; a plugin fills it through its ``PluginRegistrar``. A name
/// that is already taken is refused, never replaced.
public struct Contributions: Sendable {
  public var methods: [MethodDescriptor]
  public var metrics: [MetricDescriptor]
  public var rules: [RuleDescriptor]
  public var targets: [TargetDescriptor]
  public var colorMaps: [ColorMapDescriptor]
  public var formats: [any ModelFormat]

  public init(
    methods: [MethodDescriptor] = [], metrics: [MetricDescriptor] = [], rules: [RuleDescriptor] = [],
    targets: [TargetDescriptor] = [], colorMaps: [ColorMapDescriptor] = [], formats: [any ModelFormat] = []
  ) {
    self.methods = methods
    self.metrics = metrics
    self.rules = rules
    self.targets = targets
    self.colorMaps = colorMaps
    self.formats = formats
  }

  public var isEmpty: Bool {
    methods.isEmpty && metrics.isEmpty && rules.isEmpty && targets.isEmpty && colorMaps.isEmpty && formats.isEmpty
  }
}

/// Why something a module contributed cannot go on, in one sentence with the remedy, which people read as it stands.
///
/// Methods, targets and formats from outside throw it where no case of ``AttributionError`` says what is wrong.
public struct Refusal: Error, Hashable, CustomStringConvertible {
  public let description: String

  public init(_ sentence: String) { description = sentence }
}

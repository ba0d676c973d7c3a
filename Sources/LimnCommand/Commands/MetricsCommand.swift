import ArgumentParser
import AttributionKit
import Explaining

/// `limn metrics`: what maps can be judged by.
struct MetricsCommand: LoadsPlugins {
  static let configuration = CommandConfiguration(
    commandName: "metrics", abstract: "List the metrics that judge maps, or tell all about one.",
    discussion: """
      Examples:
        limn metrics
        limn metrics insertion
      """)

  @Argument(help: ArgumentHelp("The metric to tell about.", valueName: "name"))
  var name: String?

  @OptionGroup(title: "Plugins") var plugins: PluginOptions

  @Flag(help: "Print JSON.")
  var json = false

  func run(with catalogue: Catalogue) throws {
    let shown = try name.map { [try MetricExpression.list(parsing: $0, among: catalogue.metrics)[0].descriptor] }
    if json {
      let reports = (shown ?? catalogue.metrics).map(MetricReport.init)
      return try name == nil ? JSONOutput.show(reports) : JSONOutput.show(reports[0])
    }
    guard let metric = shown?.first else { return list(catalogue.metrics) }
    Console.say(heading: metric.title, " (\(metric.identifier))")
    Console.say(metric.summary)
    Console.say("\(metric.direction.rawValue.capitalizedFirst) is better; \(metric.rangeInWords).")
    if metric.needsObject { Console.say("Needs objects that are marked in the photographs: --masks.") }
    if metric.needsPeers { Console.say("Needs other photographs, of other classes, to make mosaics with.") }
    if metric.prototype is any CollectiveMetric {
      Console.say("Needs several photographs, which it holds against each other.")
    }
    for need in metric.needs { Console.say("Needs \(need.words).") }
    Console.say("Source: \(metric.citation)")
    guard !metric.parameters.isEmpty else { return }
    var table = Table(["Parameter", "Default", "What it is", "Takes"])
    for one in metric.parameters { table.append([one.name, one.defaultValue, one.help, one.expected]) }
    Console.say("")
    table.show()
  }

  private func list(_ metrics: [MetricDescriptor]) {
    var table = Table(["Metric", "Better", "From … to", "What it says"]), family: MetricFamily?
    for metric in metrics {
      if metric.family != family { table.append(section: metric.family.title) }
      family = metric.family
      table.append([metric.identifier, metric.direction.rawValue, metric.rangeInWords, metric.summary])
    }
    table.show()
  }
}

/// A metric as `limn metrics --json` prints it.
struct MetricReport: Encodable {
  let name: String, title: String, family: String, summary: String, citation: String
  /// Which of two numbers is better.
  let better: String
  /// The least and the greatest number; infinite where there is no bound.
  let range: [Float]
  let needsObject: Bool
  /// Whether other photographs are needed: as parts of mosaics, or to be held against each other.
  let needsOthers: Bool
  let needs: [String]
  let parameters: [Parameter]

  struct Parameter: Encodable {
    let name: String, defaultValue: String, help: String, expected: String
  }

  init(_ metric: MetricDescriptor) {
    (name, title, family) = (metric.identifier, metric.title, metric.family.identifier)
    (summary, citation, better) = (metric.summary, metric.citation, metric.direction.rawValue)
    range = [metric.range.lowerBound, metric.range.upperBound]
    needsOthers = metric.needsPeers || metric.prototype is any CollectiveMetric
    (needsObject, needs) = (metric.needsObject, metric.needs.map(\.identifier))
    parameters = metric.parameters.map {
      Parameter(name: $0.name, defaultValue: $0.defaultValue, help: $0.help, expected: $0.expected)
    }
  }
}

extension MetricDescriptor {
  /// `0 … 1`, `0 … ∞`.
  fileprivate var rangeInWords: String {
    [range.lowerBound, range.upperBound].map {
      $0.isFinite ? Wording.significant($0) : $0 < 0 ? "−∞" : "∞"
    }.joined(separator: " … ")
  }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

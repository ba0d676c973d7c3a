@_spi(Limn) import Tensors

/// A metric as people write it: a name with parameters, `insertion(baseline=black, steps=20)`.
///
///     list    = metric { "," metric }
///     metric  = name [ "(" [ setting { "," setting } ] ")" ]
///     setting = name "=" value
///
/// Names and values are written as in a ``MethodExpression``.
public struct MetricExpression: Sendable {
  /// As papers print it, with the parameters that differ from their defaults: `Insertion (steps=20)`.
  public let title: String
  /// The expression in its shortest spelling: `insertion(steps=20)`.
  public let identifier: String
  public let metric: any AttributionMetric
  public let descriptor: MetricDescriptor

  /// The metric that `descriptor` describes with these settings.
  ///
  /// - Throws: ``AttributionError/unknownParameter(_:method:known:)``,
  ///   ``AttributionError/unusableParameter(_:value:method:expected:)``.
  public init(_ descriptor: MetricDescriptor, _ settings: [String: String] = [:]) throws {
    let made = try descriptor.made(settings)
    let written = made.settings.map(\.written).joined(separator: ", ")
    title = descriptor.title + (written.isEmpty ? "" : " (\(written))")
    identifier = descriptor.identifier + (written.isEmpty ? "" : "(\(written))")
    metric = made.metric
    self.descriptor = descriptor
  }

  /// Reads metrics separated by commas.
  ///
  /// - Parameters:
  ///   - text: What was written.
  ///   - metrics: What can be named.
  ///   - defaults: By the names of metrics, the settings of parameters that are not written.
  /// - Returns: The metrics, in the order written.
  /// - Throws: ``AttributionError/unreadableExpression(_:)``, with the place.
  public static func list(
    parsing text: String, among metrics: [MetricDescriptor], defaults: [String: [String: String]] = [:]
  ) throws -> [MetricExpression] {
    var reader = ExpressionReader(text, wordTakers: [])
    return try reader.list().map { try MetricExpression($0, in: text, among: metrics, defaults) }
  }

  private init(
    _ tree: ExpressionTree, in text: String, among metrics: [MetricDescriptor], _ defaults: [String: [String: String]]
  ) throws {
    func fault(_ range: Range<Int>, _ reason: String) -> AttributionError {
      .unreadableExpression(ExpressionFault(in: text, at: range, reason))
    }
    guard case .call(let call) = tree else { throw fault(tree.range, "metrics cannot be multiplied: name one") }
    let name = call.name.text.lowercased()
    guard let descriptor = metrics.first(where: { $0.identifier == name }) else {
      let near = nearest(to: name, among: metrics.map(\.identifier), limit: 3) { $0 }
      throw fault(
        call.name.range,
        "there is no metric '\(call.name.text)'"
          + (near.isEmpty ? "" : "; did you mean \(near.joined(separator: ", "))?")
      )
    }
    var settings = defaults[name] ?? [:]
    for argument in call.arguments {
      guard case .setting(let name, let value) = argument else {
        throw fault(argument.range, "\(descriptor.identifier) takes parameters only, written as name=value")
      }
      settings[name.text] = value.text
    }
    do { try self.init(descriptor, settings) } catch let error as AttributionError {
      for case .setting(let name, let value) in call.arguments {
        switch error {
        case .unknownParameter(name.text, _, _): throw fault(name.range, "\(error)")
        case .unusableParameter(name.text, _, _, _): throw fault(value.range, "\(error)")
        default: continue
        }
      }
      throw error
    }
  }
}

extension MetricExpression {
  /// Why the model does not have what the metric asks of it, in a clause with the remedy; `nil` where it has.
  public func unmetNeed(by model: any ModelAdapter, judging method: any AttributionMethod) -> UnmetNeed? {
    descriptor.needs.lazy.compactMap { need in
      need.unmet(by: model, for: method).map { UnmetNeed(need: need, reason: $0) }
    }.first
  }
}

/// A method as people write it: a name, its parameters, or a product of several such.
///
///     list       = expression { "," expression }
///     expression = term { "*" term }
///     term       = name [ "(" [ setting { "," setting } ] ")" ]
///     setting    = name "=" value
///     value      = quoted | bare
///
/// Names hold letters, digits and `- + _ .`. A bare value runs to the next comma or closing parenthesis outside
/// parentheses of its own, so that layer names such as `features.2:[0]/conv*` need no quotes; a quoted one stands in
/// `"…"` or `'…'` with `\` before a quote that belongs to it. Blanks around every part are ignored.
public struct MethodExpression: Sendable {
  /// As papers print it, with the parameters that differ from their defaults: `Grad-CAM (layer=conv5)`.
  public let title: String
  /// The expression in its shortest spelling, the same for every way of writing it: `grad-cam(layer=conv5)`.
  public let identifier: String
  public let method: any AttributionMethod
  public let needs: Needs
  /// The methods it is made of, in the order written.
  public let descriptors: [MethodDescriptor]

  /// The method that `descriptor` describes with these settings.
  ///
  /// - Throws: ``AttributionError/unknownParameter(_:method:known:)``,
  ///   ``AttributionError/unusableParameter(_:value:method:expected:)``.
  public init(_ descriptor: MethodDescriptor, _ settings: [String: String] = [:]) throws {
    method = try descriptor.method(settings)
    let changed = descriptor.parameters.filter { parameter in
      settings[parameter.name].map { $0 != parameter.defaultValue } ?? false
    }
    let written = changed.map { "\($0.name)=\(quoted(settings[$0.name] ?? ""))" }.joined(separator: ", ")
    identifier = descriptor.identifier + (written.isEmpty ? "" : "(\(written))")
    title = descriptor.title + (written.isEmpty ? "" : " (\(written))")
    needs = descriptor.needs
    descriptors = [descriptor]
  }

  /// The product of two expressions.
  static func * (first: MethodExpression, second: MethodExpression) -> MethodExpression {
    MethodExpression(
      title: "\(first.title) × \(second.title)", identifier: "\(first.identifier) * \(second.identifier)",
      method: first.method * second.method, needs: first.needs.union(second.needs),
      descriptors: first.descriptors + second.descriptors)
  }

  private init(
    title: String, identifier: String, method: any AttributionMethod, needs: Needs, descriptors: [MethodDescriptor]
  ) {
    self.title = title
    self.identifier = identifier
    self.method = method
    self.needs = needs
    self.descriptors = descriptors
  }
}

extension MethodExpression {
  /// Reads one expression.
  ///
  /// - Parameters:
  ///   - text: The expression, in the grammar above.
  ///   - descriptors: The methods there are.
  ///   - settings: Values for parameters that the text leaves open, for the methods that have parameters so called.
  /// - Throws: ``AttributionError/unreadableExpression(_:position:reason:)``,
  ///   ``AttributionError/noSuchMethod(_:nearest:)`` and what ``init(_:_:)`` throws.
  public init(
    parsing text: String, among descriptors: [MethodDescriptor], settings: [String: String] = [:]
  ) throws {
    var reader = ExpressionReader(text)
    let terms = try reader.expression()
    guard reader.isAtEnd else { throw reader.failure("one expression was expected here, not a list") }
    self = try Self.product(of: terms, among: descriptors, settings: settings)
  }

  /// Reads expressions separated by commas; the parameters are those of ``init(parsing:among:settings:)``.
  public static func list(
    parsing text: String, among descriptors: [MethodDescriptor], settings: [String: String] = [:]
  ) throws -> [MethodExpression] {
    var reader = ExpressionReader(text)
    return try reader.list().map { try product(of: $0, among: descriptors, settings: settings) }
  }

  private static func product(
    of terms: [ExpressionReader.Term], among descriptors: [MethodDescriptor], settings: [String: String]
  ) throws -> MethodExpression {
    let factors = try terms.map { term in
      guard let descriptor = descriptors.first(where: { $0.identifier == term.name.lowercased() }) else {
        throw AttributionError.noSuchMethod(
          term.name, nearest: nearest(to: term.name, among: descriptors.map(\.identifier), limit: 3) { $0 })
      }
      let open = settings.filter { name, _ in descriptor.parameters.contains { $0.name == name } }
      return try MethodExpression(descriptor, open.merging(term.settings) { _, written in written })
    }
    return factors.dropFirst().reduce(factors[0], *)
  }
}

/// A value as it must be written to be read back the same.
private func quoted(_ value: String) -> String {
  guard ExpressionReader.needsQuotes(value) else { return value }
  return "\"" + value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
}

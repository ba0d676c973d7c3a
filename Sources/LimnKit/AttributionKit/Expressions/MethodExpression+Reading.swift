extension MethodExpression {
  /// Reads one expression.
  ///
  /// - Parameters:
  ///   - text: The expression, in the grammar above.
  ///   - vocabulary: The methods, combinations and aliases there are.
  ///   - settings: Values for parameters that the text leaves open, for the methods that have parameters so called.
  /// - Throws: ``AttributionError/unreadableExpression(_:)``, with the place.
  public init(parsing text: String, among vocabulary: MethodVocabulary, settings: [String: String] = [:]) throws {
    var reader = ExpressionReader(text, wordTakers: vocabulary.wordTakers)
    self = try ExpressionResolver(text, vocabulary, settings).expression(reader.single())
  }

  /// Reads expressions separated by commas; the parameters are those of
  /// ``init(parsing:among:settings:)-(_,MethodVocabulary,_)``.
  public static func list(
    parsing text: String, among vocabulary: MethodVocabulary, settings: [String: String] = [:]
  ) throws -> [MethodExpression] {
    var reader = ExpressionReader(text, wordTakers: vocabulary.wordTakers)
    let resolver = ExpressionResolver(text, vocabulary, settings)
    return try reader.list().map { try resolver.expression($0) }
  }

  /// Reads one expression of these methods and the built-in combinations.
  public init(parsing text: String, among methods: [MethodDescriptor], settings: [String: String] = [:]) throws {
    try self.init(parsing: text, among: MethodVocabulary(methods), settings: settings)
  }

  /// Reads expressions of these methods and the built-in combinations, separated by commas.
  public static func list(
    parsing text: String, among methods: [MethodDescriptor], settings: [String: String] = [:]
  ) throws -> [MethodExpression] {
    try list(parsing: text, among: MethodVocabulary(methods), settings: settings)
  }
}

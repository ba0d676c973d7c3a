extension CombinationDescriptor {
  /// The expression for these operands, with values for the combination's own parameters.
  ///
  /// For ``Operands/layers``, `pattern` is the operand before it was given a layer; the words for those follow.
  ///
  /// - Throws: ``AttributionError/unknownParameter(_:method:known:)``,
  ///   ``AttributionError/unusableParameter(_:value:method:expected:)``.
  func applied(
    to operands: [MethodExpression], _ settings: [String: String] = [:], pattern: MethodExpression? = nil,
    _ layers: [String] = []
  ) throws -> MethodExpression {
    let made = try make(operands.map(\.method), settings)
    let written = made.settings.map(\.written).joined(separator: ", ")
    let parts = pattern.map { [$0] } ?? operands
    let words = words(for: parts)
    let phrase = Phrase(self.phrase(written.isEmpty ? "" : " (\(written))", words + layers), isCompound: isCompound)
    // A name at the beginning keeps its spelling.
    let beginsWithOperand = phrase.text.hasPrefix(words[0])
    let inside =
      parts.map(\.identifier) + layers.map(ExpressionReader.spelling(ofWord:)) + made.settings.map(\.written)
    let isProduct = identifier == Self.product.identifier
    return MethodExpression(
      title: beginsWithOperand ? phrase.text : phrase.text.prefix(1).uppercased() + phrase.text.dropFirst(),
      identifier: isProduct ? Self.product(of: parts) : "\(identifier)(\(inside.joined(separator: ", ")))",
      method: made.method, descriptors: parts.flatMap(\.descriptors),
      names: (isProduct ? [] : [identifier]) + parts.flatMap(\.names), phrase: phrase, isProduct: isProduct,
      leavesLayerOpen: pattern == nil && operands.contains(where: \.leavesLayerOpen), uses: operands.flatMap(\.uses))
  }

  /// The words for each operand; a product that goes on needs no parentheses about its beginning.
  private func words(for parts: [MethodExpression]) -> [String] {
    parts.enumerated().map { index, part in
      let continues = identifier == Self.product.identifier && index == 0 && part.isProduct
      return continues || !isCompound ? part.phrase.text : part.phrase.part
    }
  }

  /// Whether the phrase needs parentheses beside other words; bars around a phrase are parentheses themselves.
  private var isCompound: Bool { identifier != Self.absolute.identifier }

  private static func product(of parts: [MethodExpression]) -> String {
    parts.enumerated().map { $1.isProduct && $0 > 0 ? "(\($1.identifier))" : $1.identifier }.joined(separator: " * ")
  }
}

/// The words that expressions are made of: methods, ways to combine them, and names for expressions often used.
public struct MethodVocabulary: Sendable {
  public let methods: [MethodDescriptor]
  public let combinations: [CombinationDescriptor]
  /// The expression that each alias stands for, by its name in lower case.
  public private(set) var aliases: [String: String] = [:]

  /// Words that stand for several methods where methods are listed, and for none in an expression.
  public var sets: Set<String> = []

  /// Settings that a method has where an expression leaves them open, by the method's identifier; its own without.
  public var defaults: [String: [String: String]] = [:]

  /// The words for these methods, of which no two are called the same.
  public init(_ methods: [MethodDescriptor], combinations: [CombinationDescriptor] = CombinationDescriptor.builtIn) {
    self.methods = methods
    self.combinations = combinations
  }

  /// The same with names for further expressions, which may name each other.
  ///
  /// What an alias stands for is read when it is used.
  ///
  /// - Throws: ``AttributionError/unusableAlias(_:reason:)`` for one that would hide another word, or that no
  ///   expression could name.
  public func naming(_ aliases: [String: String]) throws -> MethodVocabulary {
    var extended = self
    for (name, text) in aliases.sorted(by: { $0.key < $1.key }) {
      let word = name.lowercased()
      guard ExpressionReader.isName(name) else {
        throw AttributionError.unusableAlias(name, reason: "a name holds letters, digits and - + _ . only; rename it")
      }
      guard !names.contains(word) else {
        throw AttributionError.unusableAlias(
          name, reason: "the method or combination of that name would be hidden; rename the alias")
      }
      guard extended.aliases.updateValue(text, forKey: word) == nil else {
        throw AttributionError.unusableAlias(
          name, reason: "there is another that differs from it in capitals only; rename one of them")
      }
    }
    return extended
  }

  /// Every name that an expression can begin with: methods, combinations, then aliases by the alphabet.
  public var names: [String] { methods.map(\.identifier) + combinations.map(\.identifier) + aliases.keys.sorted() }

  func method(_ name: String) -> MethodDescriptor? { methods.first { $0.identifier == name } }

  func combination(_ name: String) -> CombinationDescriptor? { combinations.first { $0.identifier == name } }

  /// The combinations after whose method come words, such as layers.
  var wordTakers: Set<String> {
    Set(combinations.filter { $0.operands == .layers || !$0.positional.isEmpty }.map(\.identifier))
  }
}

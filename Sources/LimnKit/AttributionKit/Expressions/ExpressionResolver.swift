@_spi(Limn) import Tensors

/// Finds out what the names of one text mean, and makes the methods.
struct ExpressionResolver {
  /// More methods than anybody combines, few enough that aliases of aliases cannot multiply without end.
  static let mostMethods = 256

  private let text: String
  private let vocabulary: MethodVocabulary
  /// Values for parameters that the text leaves open.
  private var settings: [String: String]
  /// The aliases that led here, each used by the one before it.
  private var trail: [String] = []

  init(_ text: String, _ vocabulary: MethodVocabulary, _ settings: [String: String]) {
    self.text = text
    self.vocabulary = vocabulary
    self.settings = settings
  }

  func expression(_ tree: ExpressionTree, level: Int = 0) throws -> MethodExpression {
    guard level < ExpressionReader.mostLevels else {
      throw fault(
        tree.range,
        "this is more than \(ExpressionReader.mostLevels) levels deep, of which a product makes one for each factor "
          + "and an alias one: write less in one expression")
    }
    let expression =
      switch tree {
      case .product(let factors): try product(of: factors, level)
      case .call(let call): try resolved(call, level)
      }
    guard expression.uses.count <= Self.mostMethods else {
      throw fault(tree.range, "this runs more than \(Self.mostMethods) methods: write less in one expression")
    }
    return expression
  }

  private func product(of factors: [ExpressionTree], _ level: Int) throws -> MethodExpression {
    // From left to right, so that the first factor is as many levels down as there are factors behind it.
    let resolved = try factors.map { try expression($0, level: level + factors.count - 1) }
    return try resolved.dropFirst().reduce(resolved[0]) { try CombinationDescriptor.product.applied(to: [$0, $1]) }
  }

  private func resolved(_ call: ExpressionTree.Call, _ level: Int) throws -> MethodExpression {
    let name = call.name.text.lowercased()
    if let method = vocabulary.method(name) { return try resolved(call, as: method) }
    if let combination = vocabulary.combination(name) { return try resolved(call, as: combination, level) }
    if let alias = vocabulary.aliases[name] { return try resolved(call, as: name, for: alias, level) }
    if let other = vocabulary.methods.lazy.compactMap({ $0.otherNames[name] }).first {
      throw fault(call.name.range, "there is no method '\(call.name.text)' by that name; write \(other)")
    }
    if vocabulary.sets.contains(name) {
      throw fault(
        call.name.range,
        "'\(call.name.text)' is a set of methods, and no one method: write it by itself, between commas")
    }
    let near = nearest(to: name, among: vocabulary.names, limit: 3) { $0 }
    throw fault(
      call.name.range,
      "there is no method '\(call.name.text)'"
        + (near.isEmpty ? "" : "; did you mean \(near.joined(separator: ", "))?"))
  }

  // MARK: A method

  private func resolved(_ call: ExpressionTree.Call, as method: MethodDescriptor) throws -> MethodExpression {
    var open = settings.filter { name, _ in
      name == "layer" ? method.takesLayer : method.parameters.contains { $0.name == name }
    }
    open.merge(vocabulary.defaults[method.identifier] ?? [:]) { given, _ in given }
    let call = try named(call, of: method)
    for case .setting(let name, let value) in call.arguments { open[name.text] = value.text }
    return try pointing(at: call) { try MethodExpression(method, open) }
  }

  /// A call of a method whose arguments are all settings: a word that stands alone is the value of the parameter that may.
  private func named(_ call: ExpressionTree.Call, of method: MethodDescriptor) throws -> ExpressionTree.Call {
    var named = call
    for (place, argument) in call.arguments.enumerated() {
      if case .setting = argument { continue }
      guard case .operand(.call(let word)) = argument, word.arguments.isEmpty, let parameter = method.unnamedParameter
      else {
        throw fault(
          argument.range, "\(method.identifier) takes no methods in its parentheses; write parameters as name=value")
      }
      for case .setting(let name, _) in named.arguments where name.text == parameter {
        throw fault(argument.range, "'\(parameter)' is given twice")
      }
      named.arguments[place] = .setting(name: Written(text: parameter, range: word.name.range), value: word.name)
    }
    return named
  }

  /// Puts the place of the parameter at fault to an error.
  private func pointing<Result>(at call: ExpressionTree.Call, _ work: () throws -> Result) throws -> Result {
    do { return try work() } catch let error as AttributionError {
      if case .unusableParameter(_, let text, _, _) = error {
        for case .word(let value) in call.arguments where value.text == text { throw fault(value.range, "\(error)") }
      }
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

  // MARK: A combination

  private func resolved(
    _ call: ExpressionTree.Call, as combination: CombinationDescriptor, _ level: Int
  ) throws -> MethodExpression {
    var (trees, words, own): ([ExpressionTree], [Written], [String: String]) = ([], [], [:])
    for argument in call.arguments {
      switch argument {
      case .setting(let name, let value): own[name.text] = value.text
      case .operand(let tree): trees.append(tree)
      case .word(let word): words.append(word)
      }
    }
    if let surplus = trees.dropFirst(combination.operands.most).first {
      throw fault(
        surplus.range, "\(combination.identifier) takes \(combination.operands.words): \(combination.usage)")
    }
    guard combination.operands.isEnough(methods: trees.count, layers: words.count) else {
      throw fault(
        call.name.range, "\(combination.identifier) takes \(combination.operands.words): \(combination.usage)")
    }
    if combination.operands == .layers { return try onLayers(call, combination, trees[0], words, own, level) }
    try assign(words, to: combination, in: call, &own)
    let operands = try trees.map { try expression($0, level: level + 1) }
    return try pointing(at: call) { try combination.applied(to: operands, own) }
  }

  /// Gives words to the parameters that are written by their place.
  private func assign(
    _ words: [Written], to combination: CombinationDescriptor, in call: ExpressionTree.Call,
    _ own: inout [String: String]
  ) throws {
    if let surplus = words.dropFirst(combination.positional.count).first {
      throw fault(surplus.range, "this is one too many: \(combination.usage)")
    }
    for (name, word) in zip(combination.positional, words) {
      guard own.updateValue(word.text, forKey: name) == nil else {
        throw fault(word.range, "'\(name)' is given twice, here by its place")
      }
    }
  }

  /// One method on several layers, each of them given to whatever in it takes a layer and has none.
  private func onLayers(
    _ call: ExpressionTree.Call, _ combination: CombinationDescriptor, _ tree: ExpressionTree, _ words: [Written],
    _ own: [String: String], _ level: Int
  ) throws -> MethodExpression {
    var inner = self
    inner.settings["layer"] = nil
    let pattern = try inner.expression(tree, level: level + 1)
    guard pattern.leavesLayerOpen else {
      throw fault(
        tree.range,
        "\(pattern.identifier) has no layer left to choose; give it a method that takes one, such as grad-cam")
    }
    let operands = try words.map { word in
      inner.settings["layer"] = word.text
      return try inner.expression(tree, level: level + 1)
    }
    return try pointing(at: call) { try combination.applied(to: operands, own, pattern: pattern, words.map(\.text)) }
  }

  // MARK: An alias

  private func resolved(
    _ call: ExpressionTree.Call, as name: String, for alias: String, _ level: Int
  ) throws -> MethodExpression {
    if let argument = call.arguments.first {
      throw fault(argument.range, "'\(name)' is an alias, which takes nothing in parentheses; it stands for \(alias)")
    }
    if let first = trail.firstIndex(of: name) {
      let circle = (trail[first...] + [name]).joined(separator: " → ")
      throw fault(call.name.range, "the aliases go round in a circle, \(circle): take one of them out")
    }
    var inner = ExpressionResolver(alias, vocabulary, settings)
    inner.trail = trail + [name]
    var reader = ExpressionReader(alias, wordTakers: vocabulary.wordTakers)
    let tree: ExpressionTree
    do { tree = try reader.single() } catch AttributionError.unreadableExpression(var fault) {
      fault.alias = name
      throw AttributionError.unreadableExpression(fault)
    }
    return try inner.expression(tree, level: level + 1).called(name)
  }

  private func fault(_ range: Range<Int>, _ reason: String) -> AttributionError {
    .unreadableExpression(ExpressionFault(in: text, at: range, alias: trail.last, reason))
  }
}

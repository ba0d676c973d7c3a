import AttributionKit
import Tensors
import TestSupport
import Testing

@Suite struct MethodExpressionTests {
  func read(_ text: String) throws -> MethodExpression { try MethodExpression(parsing: text, among: toyMethods) }

  @Test(arguments: [
    ("slope", "slope", "Slope"), ("  Slope ", "slope", "Slope"), ("slope()", "slope", "Slope"),
    ("weighing( strength = 2.5 )", "weighing(strength=2.5)", "Weighing (strength=2.5)"),
    (
      "weighing(negated=true,layer=conv5)", "weighing(layer=conv5, negated=true)",
      "Weighing (layer=conv5, negated=true)"
    ),
    ("weighing(layer=automatic)", "weighing", "Weighing"),
    ("weighing*slope", "weighing * slope", "Weighing × Slope"),
    ("refusing++", "refusing++", "Refusing"),
  ]) func `an expression has one shortest spelling and a title`(text: String, identifier: String, title: String) throws
  {
    let expression = try read(text)
    #expect(expression.identifier == identifier)
    #expect(expression.title == title)
    #expect(try read(expression.identifier).identifier == identifier)
  }

  @Test(arguments: [
    ("/features/features.2:0/Conv_output", "/features/features.2:0/Conv_output"), ("conv[-1]", "conv[-1]"),
    ("features.*/relu", "features.*/relu"), ("a-b = c", "a-b = c"), ("call(x, y) z", "call(x, y) z"),
    ("\"a, b\"", "a, b"), ("'it\\'s ) odd'", "it's ) odd"), ("\"\"", ""), (#""back\\slash""#, #"back\slash"#),
    ("say \"hi\"", "say \"hi\""), ("' padded '", " padded "),
  ]) func `layer names are read bare or quoted`(written: String, name: String) throws {
    let expression = try read("weighing(layer=\(written), negated=true)")
    let weighing = try #require(expression.method as? Weighing)
    #expect(weighing.targetLayer == .matching(name))
    #expect(weighing.isNegated)
    let again = try #require(try read(expression.identifier).method as? Weighing)
    #expect(again.targetLayer == .matching(name))
  }

  @Test func `a list is split at commas outside parentheses`() throws {
    let list = try MethodExpression.list(
      parsing: "slope, weighing(strength=2, negated=true) * slope ,weighing", among: toyMethods)
    #expect(list.map(\.identifier) == ["slope", "weighing(strength=2, negated=true) * slope", "weighing"])
    #expect(list[1].needs == [.gradients, .spatialLayer])
    #expect(list[1].descriptors.map(\.identifier) == ["weighing", "slope"])
  }

  @Test func `settings for all fill only what is left open and only where it exists`() throws {
    let list = try MethodExpression.list(
      parsing: "slope,weighing,weighing(layer=relu1)", among: toyMethods, settings: ["layer": "conv1"])
    #expect(list.map(\.identifier) == ["slope", "weighing(layer=conv1)", "weighing(layer=relu1)"])
  }

  @Test(arguments: [
    ("", 0), ("   ", 3), ("slope,", 6), ("*slope", 0), ("slope slope", 6), ("weighing(", 9), ("weighing(layer)", 14),
    ("weighing(layer=)", 15), ("weighing(layer=a", 16), ("weighing(layer='a)", 15), ("weighing(layer='a'b)", 18),
    ("weighing(layer=a,layer=b)", 17), ("slope)", 5), ("slope()()", 7), ("slope * ", 8),
  ]) func `what cannot be read is pointed at`(text: String, position: Int) {
    #expect {
      try MethodExpression.list(parsing: text, among: toyMethods)
    } throws: { error in
      guard case .unreadableExpression(text, position, _) = error as? AttributionError else { return false }
      return "\(error)".hasSuffix("\n  " + String(repeating: " ", count: position) + "^")
    }
  }

  @Test func `what reads well but means nothing is explained`() {
    #expect(throws: AttributionError.noSuchMethod("slop", nearest: ["slope", "weighing", "refusing++"])) {
      try read("slop")
    }
    #expect(throws: AttributionError.unknownParameter("size", method: "slope", known: [])) { try read("slope(size=2)") }
    #expect(
      throws: AttributionError.unusableParameter(
        "strength", value: "much", method: "weighing", expected: "a number")
    ) { try read("weighing(strength=much)") }
    #expect(throws: AttributionError.self) { try read("slope, slope") }
    #expect(throws: AttributionError.self) {
      try read(Array(repeating: "slope", count: 100_000).joined(separator: "*"))
    }
  }

  /// Random texts made of the grammar's own pieces, where a reader would lose its place if it could.
  @Test func `no text makes the reader crash, and what it reads it reads again the same`() {
    let pieces = [
      "weighing", "slope", "refusing++", "layer", "strength", "(", ")", ",", "=", "*", "\"", "'", "\\", " ", "\t", "\n",
      "[",
      "]", "-1", "1e3", "é", "👩‍👩‍👧", "\u{301}", "\0", "/a.b:c", "true",
    ]
    var generator = SplitMix64(seed: 20_240_611)
    var readable = 0
    for round in 0..<20_000 {
      let noise = (0..<Int.random(in: 0...14, using: &generator)).map { _ in pieces.randomElement(using: &generator)! }
        .joined()
      let text = round.isMultiple(of: 2) ? noise : "weighing(layer=\(noise))"
      do {
        for expression in try MethodExpression.list(parsing: text, among: toyMethods) {
          readable += 1
          #expect(try read(expression.identifier).identifier == expression.identifier)
        }
      } catch let error as AttributionError {
        #expect(!error.description.isEmpty)
        if case .unreadableExpression(_, let position, _) = error { #expect((0...text.count).contains(position)) }
      } catch {
        Issue.record(error)
      }
    }
    #expect(readable > 1000)
  }
}

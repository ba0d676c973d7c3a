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
    ("weighing(layer=automatic)", "weighing", "Weighing"), ("WEIGHING(strength=1.0)", "weighing", "Weighing"),
    ("weighing(strength=02.50)", "weighing(strength=2.5)", "Weighing (strength=2.5)"),
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

  @Test func `what is computed in another way keeps its name and its needs`() throws {
    let expression = try read("weighing(strength=2)"), other = expression.computed(by: Weighing())
    #expect(other.identifier == expression.identifier && other.title == expression.title)
    #expect(other.needs == expression.needs && other.names == expression.names)
    #expect((other.method as? Weighing)?.strength == Weighing().strength)
  }

  @Test func `a list is split at commas outside parentheses`() throws {
    let list = try MethodExpression.list(
      parsing: "slope, weighing(strength=2, negated=true) * slope ,weighing", among: toyMethods)
    #expect(list.map(\.identifier) == ["slope", "weighing(strength=2.0, negated=true) * slope", "weighing"])
    #expect(list[1].needs == [.gradients, .spatialLayer])
    #expect(list[1].descriptors.map(\.identifier) == ["weighing", "slope"])
  }

  /// A parameter that may go without its name.
  @Test func `a word that stands alone is the value of the parameter that may`() throws {
    let methods = [
      MethodDescriptor(
        "toned", title: "Toned", summary: "Regions.", citation: "None", needs: [], prototype: Weighing(),
        parameters: [
          .layer(\.targetLayer),
          Parameter("negated", \.isNegated, help: "turn the signs", expected: "true or false").standingAlone(),
        ])
    ]
    func read(_ text: String) throws -> MethodExpression { try MethodExpression(parsing: text, among: methods) }
    #expect(try read("toned(true)").identifier == "toned(negated=true)")
    #expect(try read("toned(layer=a, true)").identifier == "toned(layer=a, negated=true)")
    for (text, range, reason) in [
      ("toned(maybe)", 6..<11, "'maybe' is not a value of negated"), ("toned(true, false)", 12..<17, "given twice"),
      ("toned(negated=true, true)", 20..<24, "given twice"),
    ] {
      #expect(throws: AttributionError.self, "\(text)") { try read(text) }
      do { _ = try read(text) } catch AttributionError.unreadableExpression(let fault) {
        #expect(fault.range == range && fault.reason.contains(reason), "\(fault)")
      }
    }
  }

  @Test func `settings for all fill only what is left open and only where it exists`() throws {
    let list = try MethodExpression.list(
      parsing: "slope,weighing,weighing(layer=relu1)", among: toyMethods, settings: ["layer": "conv1"])
    #expect(list.map(\.identifier) == ["slope", "weighing(layer=conv1)", "weighing(layer=relu1)"])
  }
}

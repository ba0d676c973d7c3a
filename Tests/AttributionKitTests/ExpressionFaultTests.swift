import AttributionKit
import TestSupport
import Testing

@Suite struct ExpressionFaultTests {
  func mistake(_ text: String) -> ExpressionFault? {
    do {
      _ = try MethodExpression.list(parsing: text, among: toyMethods)
      return nil
    } catch AttributionError.unreadableExpression(let fault) {
      return fault
    } catch {
      return nil
    }
  }

  @Test(arguments: [
    ("", 0), ("   ", 3), ("slope,", 6), ("*slope", 0), ("slope slope", 6), ("weighing(", 9), ("weighing(layer=)", 15),
    ("weighing(layer=a", 16), ("weighing(layer='a)", 15), ("weighing(layer='a'b)", 18), ("slope)", 5), ("slope()()", 7),
    ("slope * ", 8), ("(slope", 6), ("()", 1), ("(slope)(slope)", 7), ("smooth(slope", 12), ("smooth(slope,)", 13),
    ("layers(weighing, )", 17), ("layers(, a)", 7),
  ]) func `what cannot be read is pointed at`(text: String, position: Int) throws {
    let fault = try #require(mistake(text))
    #expect(fault.range == position..<position)
    #expect(
      fault.description
        == "in this expression:\n  \(text)\n  \(String(repeating: " ", count: position))^\n\(fault.reason)")
  }

  @Test(arguments: [
    ("slop", 0..<4, "did you mean slope, flip, smooth?"), ("mean(slope, wieghing)", 12..<20, "did you mean weighing,"),
    ("smoth(slope)", 0..<5, "did you mean smooth,"),
    ("slope(size=2)", 6..<10, "slope has no parameter 'size'; it takes none"),
    (
      "slope * weighing(strength = much)", 28..<32,
      "'much' is not a value of strength in weighing, which takes a number"
    ),
    ("weighing(layer=a, size=2, layr=b)", 26..<30, "no parameter 'layr'; it takes layer, strength, negated"),
    ("weighing(layer=a,layer=b)", 17..<22, "'layer' is given twice"),
    ("weighing(slope)", 9..<14, "takes no methods"), ("weighing(layer)", 9..<14, "name=value"),
    ("smooth(slope, samples=0)", 22..<23, "from 1 to 10000"), ("smooth(slope, noise=nan)", 20..<23, "from 0 to 1"),
    ("smooth(slope, nose=1)", 14..<18, "samples, noise, seed"), ("smooth()", 0..<6, "smooth takes one method"),
    ("smooth(slope, slope * slope)", 14..<27, "smooth takes one method"), ("mean(slope)", 0..<4, "two methods or more"),
    ("abs(slope, strength=2)", 11..<19, "abs has no parameter 'strength'; it takes none"),
    ("layers(weighing, conv1)", 0..<6, "two layers or more"),
    ("layers(slope, a, b)", 7..<12, "slope has no layer left"),
    ("layers(weighing(layer=c), a, b)", 7..<15, "weighing(layer=c) has no layer left"),
    ("layers(layers(weighing, a, b), c, d)", 7..<13, "has no layer left"),
  ]) func `what reads well but means nothing is pointed at and explained`(
    text: String, range: Range<Int>, says: String
  ) throws {
    let fault = try #require(mistake(text))
    #expect(fault.range == range)
    #expect(fault.reason.contains(says), "\(fault.reason)")
    let mark = String(repeating: " ", count: range.lowerBound) + "^" + String(repeating: "~", count: range.count - 1)
    #expect(fault.description == "in this expression:\n  \(text)\n  \(mark)\n\(fault.reason)")
  }

  @Test(arguments: [
    ("weighing(layer=日本, strength=x)", 32), ("weighing(layer=👩‍👩‍👧, strength=x)", 30),
    ("weighing(layer=e\u{301}, strength=x)", 29),
    ("weighing(layer=❤️, strength=x)", 30), ("weighing(layer=\tx, strength=x)", 30),
  ]) func `the mark stands below its place also behind wide characters`(text: String, column: Int) throws {
    let lines = try #require(mistake(text)).description.split(separator: "\n")
    #expect(lines[2] == "  " + String(repeating: " ", count: column - 2) + "^")
    #expect(lines.count == 4)
  }

  @Test func `of a long text the part at fault is shown, in one line without control characters`() throws {
    let text = "slope,\n" + Array(repeating: "slope", count: 1000).joined(separator: ",\u{1B}[31m ,") + ", slop, slope"
    let fault = ExpressionFault(in: text, at: text.unicodeScalars.count - 11..<text.unicodeScalars.count - 7, "why")
    let lines = fault.description.split(separator: "\n")
    #expect(lines.count == 4 && lines.allSatisfy { $0.count < 120 } && !fault.description.contains("\u{1B}"))
    let start = try #require(lines[2].firstIndex(of: "^"))
    let column = lines[2].distance(from: lines[2].startIndex, to: start)
    #expect(lines[1].dropFirst(column).hasPrefix("slop, slope"))
    #expect(lines[2].dropFirst(column) == "^~~~")
  }

  @Test func `what would exhaust the stack or the patience is refused`() throws {
    let deep = String(repeating: "abs(", count: 100_000)
    #expect(try #require(mistake(deep)).reason.contains("at most 32 parentheses"))
    #expect(try #require(mistake(String(repeating: "(", count: 33) + "slope")).reason.contains("at most 32"))
    let wide = Array(repeating: "slope", count: 100_000).joined(separator: "*")
    #expect(try #require(mistake(wide)).reason.contains("more than 32 levels"))
    let many = "mean(" + Array(repeating: "slope", count: 257).joined(separator: ",") + ")"
    #expect(try #require(mistake(many)).reason.contains("more than 256 methods"))
    #expect(mistake(Array(repeating: "slope", count: 32).joined(separator: "*")) == nil)
    #expect(mistake(String(repeating: "abs(", count: 31) + "slope" + String(repeating: ")", count: 31)) == nil)
  }

  @Test func `one expression is not a list`() {
    #expect(throws: AttributionError.self) { try MethodExpression(parsing: "slope, slope", among: toyMethods) }
  }
}

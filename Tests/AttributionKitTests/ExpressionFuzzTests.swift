import AttributionKit
import Tensors
import TestSupport
import Testing

/// Texts that nobody wrote with care, where a reader would lose its place if it could.
@Suite struct ExpressionFuzzTests {
  let vocabulary: MethodVocabulary

  init() throws {
    vocabulary = try MethodVocabulary(toyMethods).naming([
      "mine": "smooth(weighing * slope, samples=3)", "wild": "abs(",
    ])
  }

  /// Reads `text` as a list, checks what it read or why it did not, and tells how many expressions there were.
  func check(_ text: String) -> Int {
    do {
      let list = try MethodExpression.list(parsing: text, among: vocabulary, settings: ["layer": "relu1"])
      for expression in list {
        let again = try MethodExpression(parsing: expression.identifier, among: vocabulary)
        #expect(again.identifier == expression.identifier, "\(text.debugDescription)")
        #expect("\(again.method)" == "\(expression.method)", "\(text.debugDescription)")
        #expect(again.cost() == expression.cost() && again.needs == expression.needs)
      }
      return list.count
    } catch AttributionError.unreadableExpression(let fault) {
      #expect(fault.text == text || fault.alias == "wild", "\(text.debugDescription)")
      #expect(
        fault.range.lowerBound >= 0 && fault.range.upperBound <= fault.text.unicodeScalars.count,
        "\(text.debugDescription)")
      let lines = fault.description.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count == 4 && lines[2].contains("^"), "\(text.debugDescription)")
    } catch {
      Issue.record(error, "\(text.debugDescription)")
    }
    return 0
  }

  /// A random expression of the grammar.
  func expression(_ depth: Int, _ generator: inout SplitMix64) -> String {
    func inner() -> String { expression(depth - 1, &generator) }
    switch Int.random(in: 0..<(depth > 0 ? 12 : 4), using: &generator) {
    case 0: return "slope"
    case 1: return "weighing(layer=/a.b:[0]/c*, strength=2.5)"
    case 2: return "Weighing( negated=true,layer='a, \\'b\\'' )"
    case 3: return "mine"
    case 4: return "smooth(\(inner()), samples=7, seed=3)"
    case 5: return "mean(\(inner()), \(inner()),\(inner()))"
    case 6: return "max(\(inner()),\(inner()))"
    case 7: return "abs( \(inner()) )"
    case 8: return "negative(\(inner()))"
    case 9: return "layers(weighing * \(inner()), \"x=y\", call(a, b) z)"
    case 10: return "\(inner()) * \(inner())"
    default: return "(\(inner()))"
    }
  }

  static let pieces = [
    "weighing", "slope", "refusing++", "smooth", "mean", "layers", "abs", "mine", "wild", "layer", "strength",
    "samples",
    "(", ")", "(", ")", ",", ",", "=", "*", "\"", "'", "\\", " ", "\t", "\n", "\r\n", "[", "]", "-1", "1e3", "é", "👩‍👩‍👧",
    "\u{301}", "\u{600}", "\u{200D}", "\u{202E}", "日本", "\0", "/a.b:c", "true", "nan",
  ]

  @Test func `expressions of the grammar print back to themselves`() {
    var generator = SplitMix64(seed: 20_261_121)
    for _ in 0..<3000 { #expect(check(expression(4, &generator)) == 1) }
  }

  @Test func `a damaged expression is read or pointed at, never misread`() {
    var generator = SplitMix64(seed: 20_261_122)
    var readable = 0
    for _ in 0..<15_000 {
      var scalars = Array(expression(2, &generator).unicodeScalars)
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let place = Int.random(in: 0...scalars.count, using: &generator)
        let end = min(scalars.count, place + Int.random(in: 0...3, using: &generator))
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: scalars.removeSubrange(place..<end)
        case 1:
          scalars.insert(contentsOf: scalars[place..<end], at: Int.random(in: 0...scalars.count, using: &generator))
        default:
          scalars.replaceSubrange(
            place..<end, with: Array(Self.pieces.randomElement(using: &generator)!.unicodeScalars))
        }
      }
      readable += check(String(String.UnicodeScalarView(scalars)))
    }
    #expect(readable > 1500)
  }

  @Test func `no text crashes the reader, and what it reads it reads again the same`() {
    var generator = SplitMix64(seed: 20_240_611)
    var readable = 0
    for round in 0..<20_000 {
      let noise = (0..<Int.random(in: 0...14, using: &generator))
        .map { _ in Self.pieces.randomElement(using: &generator)! }.joined()
      let text = [noise, "weighing(layer=\(noise))", "layers(weighing, \(noise), a)"][round % 3]
      readable += check(text)
    }
    #expect(readable > 1000)
  }
}

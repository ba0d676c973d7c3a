import Rendering
import Testing

@Suite struct TextFittingTests {
  private static let texts = [
    "cat", "Weimaraner, a very long comma, separated, ImageNet synset name",
    "/backbone/stages/stages.3/blocks.2/activation/Relu_output_0 · 7 × 7",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "虎斑猫 · кот · γάτα · قط · 🐈 · e\u{301}", "a b c d e f g h i j k l m n o p q r s t u v w x y z",
  ]

  @Test(arguments: texts, [40.0, 90, 176, 320])
  func `fitted text is never wider than its box nor taller than its lines`(text: String, width: Double) throws {
    let measure = try TextMeasure()
    for lines in 1...3 {
      for ellipsis in [Ellipsis.middle, .end] {
        let font = Font(size: 13, isBold: true)
        let fitted = measure.fit(text, in: font, width: width, lines: lines, ellipsis: ellipsis)
        #expect((1...lines).contains(fitted.lines.count))
        #expect(fitted.font.size >= Font.smallest)
        for line in fitted.lines {
          #expect(!line.isEmpty)
          #expect(measure.width(of: line, in: fitted.font) <= width, "\(line)")
        }
      }
    }
  }

  @Test func `text that fits is left alone`() throws {
    let fitted = try TextMeasure().fit("tabby cat", in: Font(size: 12), width: 200)
    #expect(fitted == FittedText(lines: ["tabby cat"], font: Font(size: 12)))
  }

  @Test func `text that nearly fits shrinks rather than losing letters`() throws {
    let measure = try TextMeasure()
    let font = Font(size: 14)
    let fitted = measure.fit(
      "Guided Backpropagation", in: font, width: measure.width(of: "Guided Backpropagation", in: font) * 0.93)
    #expect(fitted.lines == ["Guided Backpropagation"])
    #expect(fitted.font.size < 14)
  }

  @Test func `a name keeps both ends and a sentence its beginning`() throws {
    let measure = try TextMeasure()
    let name = measure.fit("Weimaraner with a rather long name", in: Font(size: 11), width: 120)
    #expect(name.lines[0].hasPrefix("Weim") && name.lines[0].hasSuffix("ame") && name.lines[0].contains("…"))
    let sentence = measure.fit("Use Grad-CAM where CAM fails", in: Font(size: 11), width: 120, ellipsis: .end)
    #expect(sentence.lines[0].hasPrefix("Use Grad") && sentence.lines[0].hasSuffix("…"))
  }

  @Test func `wrapping loses no word where the lines suffice`() throws {
    let text = "CAM needs global average pooling followed by one linear layer"
    let fitted = try TextMeasure().fit(text, in: Font(size: 11), width: 130, lines: 8)
    #expect(fitted.lines.count > 2)
    #expect(fitted.lines.joined(separator: " ") == text)
  }

  @Test func `control characters and empty text do no harm`() throws {
    let measure = try TextMeasure()
    #expect(measure.fit("two\u{0}\nlines", in: Font(size: 11), width: 300).lines == ["two lines"])
    #expect(measure.fit(" \n ", in: Font(size: 11), width: 300).lines.isEmpty)
    #expect(
      measure.fit("wide", in: Font(size: 11), width: 1).lines.allSatisfy {
        measure.width(of: $0, in: Font(size: 11)) <= 1
      })
  }

  @Test(arguments: [
    (0.0, "0"), (0.0123, "0.0123"), (1.2e-5, "1.2e−5"), (-4.5, "−4.5"), (12_345, "12300"), (999.6, "1000"),
    (123_456_789, "1.23e8"), (0.00012345, "0.000123"), (100, "100"), (1, "1"), (-0.9999, "−1"), (1e-300, "1e−300"),
    (Double.infinity, "∞"), (-.infinity, "−∞"), (.nan, "not a number"),
  ])
  func `numbers are short and true to three digits`(number: Double, expected: String) {
    #expect(number.compact == expected)
  }
}

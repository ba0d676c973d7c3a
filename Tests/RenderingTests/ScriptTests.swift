import Images
import Rendering
import Testing

/// Names in scripts that the sheet's own typeface lacks, or whose letters join, reorder or run from right to left.
///
/// Which fonts there are beside DejaVu, which has Arabic and Hebrew, is up to the computer: what is tested holds with any.
@Suite struct ScriptTests {
  static let names = [
    "虎斑猫", "三毛猫のミケ", "고양이", "قطة منزلية", "חתול בית", "बिल्ली", "แมวบ้าน", "🐈 👩‍🚀", "Ze\u{301}bra cafe\u{301}", "বিড়াল", "பூனை",
    "猫 قطة cat",
  ]

  private func ink(_ sheet: ComparisonSheet) throws -> Int {
    try Raster(decoding: sheet.render(as: .png), named: "sheet.png").samples.count { $0 < 128 }
  }

  @Test(arguments: names) func `a sheet in any script draws something, the same every time`(name: String) throws {
    var sheet = ComparisonSheetTests.sheet(panels: 1)
    sheet.rows[0].title = ""
    let without = try ink(sheet)
    sheet.rows[0].title = "\(name) · 87.3 %"
    #expect(try ink(sheet) > without + 60)
    for format in FigureFormat.allCases {
      let bytes = try sheet.render(as: format)
      #expect(try sheet.render(as: format) == bytes, "\(format)")
    }
  }

  @Test(arguments: names, [40.0, 90, 176]) func `names in any script are cut to their box`(name: String, width: Double)
    throws
  {
    let measure = try TextMeasure()
    let text = [String](repeating: name, count: 20).joined(separator: " ") + " · 87.3 %"
    for lines in 1...2 {
      let fitted = measure.fit(text, in: Font(size: 13, isBold: true), width: width, lines: lines)
      #expect((1...lines).contains(fitted.lines.count))
      for line in fitted.lines { #expect(measure.width(of: line, in: fitted.font) <= width, "\(line)") }
      #expect(fitted.lines.joined().contains("…"))
      if width > 40 { #expect(fitted.lines.joined().hasSuffix("%")) }
    }
  }

  @Test func `letters that join are shaped`() throws {
    let measure = try TextMeasure(), font = Font(size: 20)
    // DejaVu's lam and alef make one letter that is narrower than the two.
    let apart = measure.width(of: "ل", in: font) + measure.width(of: "ا", in: font)
    #expect(measure.width(of: "لا", in: font) < apart * 0.95)
    // An accent that combines takes no room of its own.
    let (plain, accented) = (measure.width(of: "cafe", in: font), measure.width(of: "cafe\u{301}", in: font))
    #expect(abs(plain - accented) < 1)
  }

  @Test func `letters that no font has are question marks, told with the font that has them`() throws {
    let measure = try TextMeasure()
    // Of a plane that Unicode leaves to private agreements: no font has it.
    #expect(measure.missingLetters(of: "cat \u{10ABCD}!") == ["\u{10ABCD}"])
    #expect(measure.fit("cat \u{10ABCD}!", in: Font(size: 12), width: 300).lines == ["cat ?!"])
    var sheet = ComparisonSheetTests.sheet(panels: 2)
    #expect(try sheet.missingLetters().isEmpty)
    sheet.rows[0].panels[1].title = "a\u{10ABCD}b\u{10ABCD}"
    let missing = try sheet.missingLetters()
    #expect(missing.count == 1 && missing[0].letters == ["\u{10ABCD}"])
    #expect("\(missing[0])".contains("question mark"))
  }

  @Test(
    arguments: [
      (["猫", "犬"], "CJK", "fonts-noto-cjk"), (["猫", "ア", "고"], "CJK", "fonts-noto-cjk"),
      (["क"], "Devanagari", "fonts-noto-core"),
      (["🐈"], "emoji", "fonts-noto-color-emoji"), (["ก"], "Thai", "fonts-noto-core"),
    ] as [([Character], String, String)])
  func `the font to install follows from the script`(letters: [Character], script: String, package: String) {
    let missing = MissingLetters.grouped(letters + letters)
    #expect(missing.count == 1 && missing[0].letters == letters && missing[0].script == script)
    #expect("\(missing[0])".contains(package))
  }

  @Test func `a name from right to left stays before what follows it`() throws {
    #expect("قطة 3 · 87.3 %".isolatingRightToLeft == "\u{2067}قطة 3\u{2069} · 87.3 %")
    #expect("predicted: قطة 3 · 8 %".isolatingRightToLeft == "predicted: \u{2067}قطة 3\u{2069} · 8 %")
    #expect("קט and כלב beside cats · 8 %".isolatingRightToLeft == "\u{2067}קט and כלב beside cats\u{2069} · 8 %")
    #expect("like כלב, not cats".isolatingRightToLeft == "like \u{2067}כלב\u{2069}, not cats")
    #expect("cat · 8 %".isolatingRightToLeft == "cat · 8 %")
    // Signs that turn the direction of what follows are not drawn at all.
    let measure = try TextMeasure()
    #expect(measure.fit("a\u{202E}b", in: Font(size: 12), width: 300).lines == ["a b"])
  }

  @Test func `lines of a name from right to left begin at their paragraph's right edge`() throws {
    var sheet = ComparisonSheetTests.sheet(panels: 1)
    sheet.title = ""
    sheet.subtitle = ""
    sheet.rows[0].subtitle = ""
    sheet.rows[0].title = "قطة منزلية مخططة قصيرة الشعر كبيرة العينين وطويلة الذيل جدا في البيت الكبير"
    let measure = try TextMeasure()
    let lines = try sheet.figure().marks.compactMap { mark in if case .text(let line) = mark { line } else { nil } }
    let title = lines.filter { $0.font.size == 15 }
    try #require(title.count == 2)
    let ends = title.map { $0.x + measure.width(of: $0.text, in: $0.font) }
    #expect(abs(ends[0] - ends[1]) < 1)
    #expect(title.map(\.x).min().map { abs($0 - 28) < 1 } == true)
    // What follows the name stands to its left, itself from left to right.
    sheet.rows[0].title += " · 87.3 %"
    let last = try sheet.figure().marks.compactMap { mark in if case .text(let line) = mark { line.text } else { nil } }
    #expect(last.contains { $0.hasSuffix(" · \u{2066}87.3 %\u{2069}\u{2069}") })
  }
}

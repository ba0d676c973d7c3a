import CCairo
import Dispatch

/// Tells how much room text takes, without drawing it.
package final class TextMeasure {
  private let surface: Surface
  private let context: OpaquePointer
  private let typesetter: Typesetter
  /// Whether a letter beyond the sheet's own typeface has a font.
  private var answers: [Character: Bool] = [:]

  /// - Throws: ``RenderingError/drawing(_:)`` where the drawing library has no memory.
  package init() throws {
    surface = try Surface(width: 1, height: 1)
    context = cairo_create(surface.handle)
    typesetter = Typesetter(on: context)
  }

  deinit { cairo_destroy(context) }

  /// From the pen's start to its end or the last letter's overhang, whichever is wider.
  package func width(of text: String, in font: Font) -> Double { typesetter.width(of: text, in: font) }

  /// The letters of `text` that no font of this computer has, in their order.
  package func missingLetters(of text: String) -> [Character] {
    guard !text.isWestern, typesetter.lacksLetters(of: text) else { return [] }
    return Array(text.filter { !isDrawable($0) })
  }

  /// The text in one line, a question mark in place of each letter that no font has: boxes would tell nothing either, and
  /// look like a mistake.
  package func drawable(_ text: String) -> String {
    let line = Self.oneLine(text)
    guard !line.isWestern, typesetter.lacksLetters(of: line) else { return line }
    return String(line.map { isDrawable($0) ? $0 : "?" })
  }

  private func isDrawable(_ letter: Character) -> Bool {
    if let known = answers[letter] { return known }
    let answer = !typesetter.lacksLetters(of: String(letter))
    answers[letter] = answer
    return answer
  }

  /// Control characters would show as boxes, end a C string early, or turn the direction of what follows.
  private static func oneLine(_ text: String) -> String {
    let visible = String(String.UnicodeScalarView(text.unicodeScalars.map { $0.isControl ? " " : $0 }))
    return visible.split(separator: " ").joined(separator: " ")
  }
}

extension ComparisonSheet {
  /// Has another thread look up the fonts while other work is under way: the system reads its configuration for the
  /// first letter.
  public static func prepareFonts() {
    DispatchQueue.global(qos: .utility).async {
      guard let measure = try? TextMeasure() else { return }
      for font in [SheetMetrics.small, SheetMetrics.panelTitle] { _ = measure.width(of: "a", in: font) }
    }
  }
}

/// The distances and letter sizes of a comparison sheet, in units of the layout.
enum SheetMetrics {
  static let margin = 28.0
  /// Between panels side by side, and between lines of panels.
  static let gutter = 18.0
  static let lineGap = 20.0
  /// Between the rows of different targets or photographs.
  static let rowGap = 26.0
  /// A picture is at most this many times as tall as its column is wide.
  static let tallest = 1.35
  /// Columns leave room for a method's title, however narrow the photograph.
  static let narrowest = 176.0
  /// An empty panel needs room for its words, however flat the photograph.
  static let shortestEmpty = 128.0

  static let sheetTitle = Font(size: 18, isBold: true)
  static let sheetSubtitle = Font(size: 12)
  static let rowTitle = Font(size: 15, isBold: true)
  static let rowSubtitle = Font(size: 12)
  static let panelTitle = Font(size: 13, isBold: true)
  static let small = Font(size: 11)
  static let smallBold = Font(size: 11, isBold: true)

  /// How many panels share a line, and how wide each is.
  ///
  /// One or two rows may break into lines of large panels; more stay strips, so that columns can be compared.
  static func grid(panels: Int, rows: Int) -> (columns: Int, width: Double) {
    let isRoomy = rows <= 2
    let longestLine = isRoomy ? 6 : 10
    let lines = isRoomy && panels <= 5 ? 1 : max((panels + longestLine - 1) / longestLine, isRoomy ? 2 : 1)
    let columns = (panels + lines - 1) / lines
    let width: Double
    switch columns {
    case ...3: width = 320
    case 4: width = 280
    case 5, 6: width = isRoomy ? 256 : 224
    case 7: width = 200
    default: width = 176
    }
    return (columns, width)
  }
}

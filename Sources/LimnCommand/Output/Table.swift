/// Text in aligned columns; the last column is left ragged.
struct Table {
  let headings: [String]
  /// Which columns hold numbers, set flush right.
  var numbers: Set<Int> = []
  private(set) var rows: [[String]] = []

  init(_ headings: [String], numbers: Set<Int> = []) {
    self.headings = headings
    self.numbers = numbers
  }

  mutating func append(_ row: [String]) { rows.append(row) }

  /// The lines of the table, headings first.
  var lines: [String] {
    let widths = headings.indices.map { column in ([headings] + rows).map { $0[column].count }.max() ?? 0 }
    func line(_ row: [String]) -> String {
      let cells = row.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        if numbers.contains(column) { return padding + row[column] }
        return column == row.count - 1 ? row[column] : row[column] + padding
      }
      return cells.joined(separator: "  ")
    }
    return [Console.heading(line(headings))] + rows.map(line)
  }

  func show() { for line in lines { Console.say(line) } }
}

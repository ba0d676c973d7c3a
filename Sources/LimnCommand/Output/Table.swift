import Explaining

/// Text in aligned columns; the last column is left ragged.
struct Table {
  let headings: [String]
  /// Which columns hold numbers, set flush right.
  var numbers: Set<Int> = []
  private(set) var rows: [[String]] = []
  /// Headings between rows, by the number of the row each stands before.
  private var sections: [Int: String] = [:]

  init(_ headings: [String], numbers: Set<Int> = []) {
    self.headings = headings
    self.numbers = numbers
  }

  mutating func append(_ row: [String]) { rows.append(row.map(\.printable)) }

  /// Begins a part of the table under a heading of its own.
  mutating func append(section: String) { sections[rows.count] = section }

  func show() {
    let widths = headings.indices.map { column in ([headings] + rows).map { $0[column].count }.max() ?? 0 }
    func line(_ row: [String]) -> String {
      let cells = row.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        if numbers.contains(column) { return padding + row[column] }
        return column == row.count - 1 ? row[column] : row[column] + padding
      }
      return cells.joined(separator: "  ")
    }
    Console.say(heading: line(headings))
    for (index, row) in rows.enumerated() {
      if let section = sections[index] {
        Console.say("")
        Console.say(heading: section)
      }
      Console.say(line(row))
    }
  }
}

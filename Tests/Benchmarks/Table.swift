/// One line of a table in Markdown.
func line(_ cells: [String]) -> String {
  let padded = cells.enumerated().map { column, cell in
    let space = String(repeating: " ", count: max(0, (column == 0 ? 30 : 10) - cell.count))
    return column == 0 ? cell + space : space + cell
  }
  return "| " + padded.joined(separator: " | ") + " |"
}

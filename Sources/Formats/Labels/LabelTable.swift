import Foundation

/// Names in a table of comma-, semicolon- or tab-separated values.
struct LabelTable {
  let names: [String]
  var remarks: [String] = []

  /// `nil` where the text is no table in which a column counts or is headed as names.
  init?(_ text: String) {
    let separators: [Character] = ["\t", ";", ","]
    let lines = text.split(separator: "\n").filter { !$0.allSatisfy(\.isWhitespace) }
    let areQuoted = lines.allSatisfy { $0.drop(while: \.isWhitespace).first == "\"" }
    for separator in separators {
      var rows = Self.rows(text, separator)
      guard rows.count > 1, rows.allSatisfy({ $0.count == rows[0].count }) else { continue }
      // A separator may end each line.
      if rows[0].count > 1, rows.allSatisfy({ $0.last?.allSatisfy(\.isWhitespace) == true }) {
        rows = rows.map { $0.dropLast() }
      }
      if let table = rows[0].count > 1 ? LabelTable(rows) : nil { self = table } else { continue }
      return
    }
    // Of separators that all part the lines alike, the one that parts them into most fields.
    let tables = separators.map { Self.rows(text, $0) }.sorted { ($0.first?.count ?? 0) > ($1.first?.count ?? 0) }
    if areQuoted, let names = tables.lazy.compactMap(Self.quoted).first {
      self.names = names
      return
    }
    return nil
  }

  /// Names in quotes, beside which stand numbers at most: `"cat, domestic",1.5`.
  private static func quoted(_ rows: [[String]]) -> [String]? {
    guard rows.count > 1, rows.allSatisfy({ $0.count == rows[0].count && $0.first?.isEmpty == false }) else {
      return nil
    }
    func isNumber(_ text: String) -> Bool {
      let text = text.trimmingCharacters(in: .whitespaces)
      return text.isEmpty || Double(text) != nil
    }
    return rows.allSatisfy { $0.dropFirst().allSatisfy(isNumber) } ? rows.map { $0[0] } : nil
  }

  private init?(_ rows: [[String]]) {
    let heading = rows[0].map {
      $0.lowercased().trimmingCharacters(in: .whitespaces).replacing(/[ -]+/, with: "_")
    }
    // Where `class` or `label` stands over numbers, the names are in another column.
    let headed = Self.names.compactMap { heading.firstIndex(of: $0) }
    let nameColumn =
      headed.first { column in rows.dropFirst().contains { Int($0[column].trimmingCharacters(in: .whitespaces)) == nil }
      }
      ?? headed.first
    let indexColumn = Self.indices.lazy.compactMap { heading.firstIndex(of: $0) }.first {
      $0 != nameColumn
    }
    let hasHeading = nameColumn != nil
    let body = hasHeading ? Array(rows.dropFirst()) : rows
    func numbers(_ column: Int) -> [Int]? {
      let numbers = body.compactMap { Int($0[column].trimmingCharacters(in: .whitespaces)) }
      return numbers.count == body.count && Set(numbers).count == numbers.count ? numbers : nil
    }
    let counting =
      indexColumn
      ?? rows[0].indices.first { numbers($0).map { Set($0) == Set(0..<body.count) } ?? false }
    guard
      let column = nameColumn
        ?? rows[0].indices.first(where: { $0 != counting && numbers($0) == nil }),
      hasHeading || counting != nil
    else { return nil }
    let texts = body.map { $0[column].trimmingCharacters(in: .whitespaces) }
    guard let counting, let order = numbers(counting),
      (0...1).contains(where: { Set(order) == Set($0..<$0 + body.count) })
    else {
      names = texts
      if indexColumn != nil {
        remarks.append("its numbers do not count up, and the names are taken in their order")
      }
      return
    }
    guard let indexed = IndexedNames(Dictionary(zip(order, texts)) { first, _ in first }) else {
      return nil
    }
    (names, remarks) = (indexed.names, indexed.remarks)
  }

  private static let names = [
    "display_name", "display", "name", "names", "class_name", "classname", "label_name", "label", "labels",
    "class", "category", "classes", "title", "description", "english", "common_name", "species", "text", "meaning",
  ]
  private static let indices = [
    "index", "idx", "id", "class_id", "classid", "label_id", "number", "class", "label",
  ]

  /// The fields of each line, quoted ones without their quotes (RFC 4180).
  private static func rows(_ text: String, _ separator: Character) -> [[String]] {
    var rows: [[String]] = []
    var row: [String] = []
    var field = ""
    var isQuoted = false
    var rest = text[...]
    while let character = rest.popFirst() {
      switch character {
      case "\"" where isQuoted && rest.first == "\"":
        field.append("\"")
        rest.removeFirst()
      case "\"" where isQuoted || field.isEmpty: isQuoted.toggle()
      case separator where !isQuoted:
        row.append(field)
        field = ""
      case "\n" where !isQuoted:
        if !row.isEmpty || !field.isEmpty { rows.append(row + [field]) }
        (row, field) = ([], "")
      default: field.append(character)
      }
    }
    if !row.isEmpty || !field.isEmpty { rows.append(row + [field]) }
    return rows
  }
}

import Foundation

/// One name per line, perhaps with a number before or behind each, which counts.
struct LabelLines {
  /// In the order of the numbers, where there are any.
  let names: [String]
  /// The lines themselves, in the same order.
  let lines: [String]
  private(set) var remarks: [String] = []

  init(_ text: String) {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
    let whole = Numbering(lines) ?? Numbering(unnumbered: lines)
    var (names, order) = (whole.names, whole.order)
    remarks = whole.remarks
    let identified = names.compactMap { $0.wholeMatch(of: /(n\d{8})[\s,:]+(.+)/) }
    if !names.isEmpty, identified.count == names.count {
      // The challenge's own list has a number after the identifier. It counts otherwise than networks do, which go by
      // the identifiers' own order.
      let rests = identified.map { String($0.2) }, identifiers = identified.map { String($0.1) }
      let inner = Numbering(rests).flatMap { $0.isInOrder || identifiers != identifiers.sorted() ? $0 : nil }
      names = Self.telling((inner?.bare ?? rests).enumerated().map { ($1, identifiers[inner?.order[$0] ?? $0]) })
      order = inner.map { $0.order.map { order[$0] } } ?? order
      remarks += inner.map { $0.isInOrder ? [] : $0.remarks } ?? []
    }
    self.names = names
    self.lines = order.map { lines[$0] }
  }

  /// Names without their marks, but for those of which only the marks tell one from the other.
  fileprivate static func telling(_ marked: [(name: String, mark: String)]) -> [String] {
    let counts = Dictionary(marked.map { ($0.name, 1) }, uniquingKeysWith: +)
    return marked.map { counts[$0.name] == 1 ? $0.name : "\($0.name) (\($0.mark))" }
  }
}

/// Lines that each begin or end in a number, which together count from 0 or 1, in whatever order.
private struct Numbering {
  /// The names without the numbers, in the numbers' order.
  let bare: [String]
  /// The same, but for those that only the numbers tell apart.
  let names: [String]
  /// Which line each name stands in.
  let order: [Int]
  let first: Int

  var isInOrder: Bool { order == Array(order.indices) }

  /// What people should know, as clauses.
  var remarks: [String] {
    (first == 1 ? ["its lines are numbered from 1, and the first is taken for output 0"] : [])
      + (isInOrder ? [] : ["its lines stand in another order than their numbers, and these count"])
  }

  /// Lines without numbers.
  init(unnumbered lines: [String]) { (bare, names, order, first) = (lines, lines, Array(lines.indices), 0) }

  /// `nil` where a line has no number, they do not count up, or what is left would not tell the names apart: of "1 euro"
  /// and "2 euro" the numbers belong to the names.
  init?(_ lines: [String]) {
    let leading = lines.map { line in
      line.wholeMatch(of: /(\d+)(?:\s+[-–]\s+|[\s,:;|=]+|[.)]\s+)(.+)/).map { (name: $0.2, number: Int($0.1)) }
    }
    let trailing = lines.map { line in
      line.wholeMatch(of: /(.*[^\s,:;|=])[\s,:;|=]+(\d+)/).map { (name: $0.1, number: Int($0.2)) }
    }
    guard let numbering = Numbering(marked: leading) ?? Numbering(marked: trailing) else { return nil }
    self = numbering
  }

  private init?(marked: [(name: Substring, number: Int?)?]) {
    let numbers = marked.compactMap { $0?.number }
    guard marked.count > 1, numbers.count == marked.count, let first = numbers.min(), first <= 1,
      Set(numbers) == Set(first..<first + numbers.count)
    else { return nil }
    let order = numbers.indices.sorted { numbers[$0] < numbers[$1] }
    let bare = order.map { String(marked[$0]?.name ?? "") }
    guard (bare.count - Set(bare).count) * 10 <= bare.count else { return nil }
    (self.bare, self.order, self.first) = (bare, order, first)
    names = LabelLines.telling(zip(bare, order).map { ($0, "\(numbers[$1])") })
  }
}

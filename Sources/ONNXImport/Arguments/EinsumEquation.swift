/// Which axes of its operands an Einstein sum identifies: one label per axis.
struct EinsumEquation {
  let operands: [[Int]]
  let output: [Int]

  /// `nil` where the text is no equation for operands of these ranks.
  init?(_ text: String, ranks: [Int]) {
    let sides = text.filter { $0 != " " }.split(separator: ">", omittingEmptySubsequences: false)
    guard sides.count <= 2, let left = sides.first else { return nil }
    if sides.count == 2, left.last != "-" { return nil }
    let terms = (sides.count == 2 ? left.dropLast() : left).split(separator: ",", omittingEmptySubsequences: false)
    guard terms.count == ranks.count else { return nil }
    // As many axes as the widest dots stand for; where they stand for fewer, the first of those are missing.
    let dotted = zip(terms, ranks).filter { $0.0.contains("...") }.map { $1 - $0.count + 3 }
    guard dotted.allSatisfy({ $0 >= 0 }) else { return nil }
    let width = dotted.max() ?? 0
    func labels(_ term: Substring, dots: Int) -> [Int]? {
      guard let range = term.firstRange(of: "...") else { return Self.letters(term) }
      guard let before = Self.letters(term[..<range.lowerBound]), let after = Self.letters(term[range.upperBound...])
      else { return nil }
      return before + (width - dots..<width).map { -1 - $0 } + after
    }
    var operands: [[Int]] = []
    for (term, rank) in zip(terms, ranks) {
      guard let labels = labels(term, dots: rank - term.count + 3), labels.count == rank else { return nil }
      operands.append(labels)
    }
    self.operands = operands
    if sides.count == 2 {
      guard let output = labels(sides[1], dots: width), Set(output).count == output.count,
        Set(output).isSubset(of: operands.joined())
      else { return nil }
      self.output = output
    } else {
      // Without an output, the dots come first, then every label that occurs once, in alphabetical order.
      let counts = Dictionary(grouping: operands.joined()) { $0 }.mapValues(\.count)
      let once = counts.filter { $0.key >= 0 && $0.value == 1 }.keys.sorted()
      output = (0..<width).map { -1 - $0 } + once
    }
  }

  private static func letters(_ text: Substring) -> [Int]? {
    guard text.allSatisfy({ $0.isASCII && $0.isLetter }) else { return nil }
    return text.map { Int($0.asciiValue ?? 0) }
  }

  /// The extent of each label; `nil` where operands differ in it, an extent of 1 apart.
  func extents(_ shapes: [[Int]]) -> [Int: Int]? {
    var extents: [Int: Int] = [:]
    for (labels, shape) in zip(operands, shapes) {
      for (label, extent) in zip(labels, shape) {
        let known = extents[label] ?? 1
        // Only axes under the dots broadcast.
        if extents[label] != nil, known != extent, label >= 0 || known != 1 && extent != 1 { return nil }
        extents[label] = max(known, extent)
      }
    }
    return extents
  }
}

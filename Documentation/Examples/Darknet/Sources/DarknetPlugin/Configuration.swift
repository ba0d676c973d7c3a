import AttributionKit

/// A Darknet configuration: sections of `key=value` lines, of which the first describes the input.
struct Configuration {
  let input: Section
  /// The sections after the first: the network from its input to its output.
  let layers: [Section]

  /// - Throws: A `Refusal` that names the line.
  init(_ text: String) throws {
    var sections: [Section] = []
    for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      // Darknet drops blanks wherever they stand, and so do we.
      let line = line.filter { !$0.isWhitespace }
      if line.isEmpty || line.hasPrefix("#") || line.hasPrefix(";") { continue }
      if line.hasPrefix("["), line.hasSuffix("]") {
        sections.append(Section(kind: String(line.dropFirst().dropLast()), line: number + 1))
      } else if let sign = line.firstIndex(of: "="), !sections.isEmpty {
        sections[sections.count - 1].set(String(line[..<sign]), to: String(line[line.index(after: sign)...]))
      } else {
        throw Refusal("line \(number + 1) of the configuration is neither a [section] nor key=value: '\(line)'")
      }
    }
    guard let first = sections.first, ["net", "network"].contains(first.kind) else {
      throw Refusal("the configuration does not begin with [net]")
    }
    (input, layers) = (first, Array(sections.dropFirst()))
  }

  /// Whether a text begins as configurations do, after blank lines and comments.
  static func begins(_ text: String) -> Bool {
    let lines = text.split { $0.isNewline }.map { $0.filter { !$0.isWhitespace } }
    let first = lines.first { !$0.isEmpty && !$0.hasPrefix("#") && !$0.hasPrefix(";") }
    return first == "[net]" || first == "[network]"
  }

  /// `[convolutional]` and the lines below it.
  struct Section {
    let kind: String
    let line: Int
    private var values: [String: String] = [:]

    init(kind: String, line: Int) { (self.kind, self.line) = (kind, line) }

    /// The first of several equal keys counts.
    mutating func set(_ key: String, to value: String) { if values[key] == nil { values[key] = value } }

    func text(_ key: String, default value: String) -> String { values[key] ?? value }

    /// The whole number under `key`.
    ///
    /// - Throws: A `Refusal` where it is no whole number within `range`, or missing without a default.
    func whole(_ key: String, default value: Int? = nil, in range: ClosedRange<Int>) throws -> Int {
      guard let text = values[key] else {
        guard let value else { throw Refusal("[\(kind)] on line \(line) does not say its \(key)") }
        return value
      }
      guard let number = Int(text), range.contains(number) else {
        throw Refusal(
          "\(key)=\(text) in [\(kind)] on line \(line) is not a whole number from \(range.lowerBound) to "
            + "\(range.upperBound)")
      }
      return number
    }

    /// Refuses a section that asks for what is not read here.
    func requireDefaults(_ keys: [String: Int]) throws {
      for (key, usual) in keys.sorted(by: { $0.key < $1.key })
      where try whole(key, default: usual, in: 0...1_000_000) != usual {
        throw Refusal("\(key) in [\(kind)] on line \(line) is not supported: only \(key)=\(usual) is read")
      }
    }
  }
}

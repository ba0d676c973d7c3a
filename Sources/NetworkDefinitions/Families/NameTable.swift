/// How a library calls the parameters of a network, line by line: its name and ours.
///
/// A `#` stands for a number, and `{…}` on our side for one of them, counted from 0, or for what is one or so more:
/// `("encoder.stages.#.layers.#", "layer{0+1}.{1}")`. A line matches whole parts between points, what follows stays, and the first
/// line that matches is taken.
struct NameTable {
  /// The path that only networks of this library have, in its own words.
  let mark: String
  private let lines: [(pattern: [UInt8], replacement: [Piece])]
  /// Names with these beginnings or ends are of no use for inference.
  let ignored: [String]

  private enum Piece {
    case text(String)
    case number(Int, plus: Int)
  }

  init(mark: String, ignoring ignored: [String] = [], _ lines: KeyValuePairs<String, String> = [:]) {
    self.init(mark: mark, ignoring: ignored, lines: lines.map { ($0.key, $0.value) })
  }

  init(mark: String, ignoring ignored: [String] = [], lines: [(String, String)]) {
    self.mark = mark
    self.ignored = ignored
    self.lines = lines.map { (Array($0.0.utf8), Self.pieces($0.1)) }
  }

  private static func pieces(_ text: String) -> [Piece] {
    text.split(separator: "{", omittingEmptySubsequences: false).enumerated().flatMap { index, part -> [Piece] in
      guard index > 0, let close = part.firstIndex(of: "}") else { return part.isEmpty ? [] : [.text(String(part))] }
      let inner = part[..<close]
      let sign = inner.firstIndex { $0 == "+" || $0 == "-" } ?? inner.endIndex
      let piece = Piece.number(Int(inner[..<sign]) ?? 0, plus: Int(inner[sign...]) ?? 0)
      let rest = part[part.index(after: close)...]
      return rest.isEmpty ? [piece] : [piece, .text(String(rest))]
    }
  }

  /// Our name for one of the library's; `nil` for what is of no use.
  func name(for name: String) -> String? {
    for pattern in ignored where Self.matches(pattern, name) { return nil }
    let bytes = Array(name.utf8)
    for (pattern, replacement) in lines {
      guard let (numbers, end) = Self.match(pattern, bytes) else { continue }
      let ours = replacement.map { piece in
        switch piece {
        case .text(let text): text
        case .number(let index, let plus): index < numbers.count ? "\(numbers[index] + plus)" : "?"
        }
      }
      return ours.joined() + String(decoding: bytes[end...], as: UTF8.self)
    }
    return name
  }

  private static func matches(_ pattern: String, _ name: String) -> Bool {
    pattern.hasPrefix("*") ? name.hasSuffix(pattern.dropFirst()) : name.hasPrefix(pattern)
  }

  private static func match(_ pattern: [UInt8], _ name: [UInt8]) -> (numbers: [Int], end: Int)? {
    var numbers: [Int] = [], position = 0
    for code in pattern {
      if code == UInt8(ascii: "#") {
        var number = 0, digits = 0
        while position < name.count, name[position] >= 0x30, name[position] <= 0x39, digits < 6 {
          number = 10 * number + Int(name[position] - 0x30)
          (position, digits) = (position + 1, digits + 1)
        }
        guard digits > 0 else { return nil }
        numbers.append(number)
      } else {
        guard position < name.count, name[position] == code else { return nil }
        position += 1
      }
    }
    return position == name.count || name[position] == UInt8(ascii: ".") ? (numbers, position) : nil
  }
}

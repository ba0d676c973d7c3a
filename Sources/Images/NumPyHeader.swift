import FileKinds

/// The beginning of a `.npy` file: a magic number, a version, and a Python dictionary padded with spaces.
struct NumPyHeader {
  var descr: String
  var fortranOrder: Bool
  var shape: [Int]

  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// The header, and where the numbers begin.
  static func parse(_ bytes: [UInt8], named name: String) throws(ImageError) -> (NumPyHeader, start: Int) {
    if bytes.isEmpty { throw .empty(name: name) }
    guard bytes.starts(with: magic) else {
      let kind = FileKind(of: bytes)
      throw .unsupported(
        name: name, kind: kind == .unknown ? "not a NumPy array" : "\(kind.rawValue), not a NumPy array",
        remedy: kind.use == .picture
          ? "give it the ending of its kind, by which pictures are known" : "save the array with numpy.save")
    }
    guard bytes.count >= 12 else { throw .corrupt(name: name, reason: "it ends within its header") }
    // Version 1 counts the header in two bytes, later ones in four.
    let width: Int
    switch bytes[6] {
    case 1: width = 2
    case 2, 3: width = 4
    default:
      throw .unsupported(
        name: name, kind: "a NumPy array of format \(bytes[6])", remedy: "save it with numpy.save")
    }
    let length = bytes[8..<8 + width].reversed().reduce(0) { $0 << 8 | Int($1) }
    let start = 8 + width
    guard length <= bytes.count - start else { throw .corrupt(name: name, reason: "it ends within its header") }
    var reader = DictionaryReader(text: bytes[start..<start + length])
    guard let header = reader.header() else { throw .corrupt(name: name, reason: "its header makes no sense") }
    return (header, start + length)
  }

  /// A version 1 header for elements of a type in C order.
  static func bytes(shape: [Int], type: String) -> [UInt8] {
    let tuple = shape.count == 1 ? "(\(shape[0]),)" : "(" + shape.map(String.init).joined(separator: ", ") + ")"
    var text = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(tuple), }"
    // NumPy leaves room for the first extent to grow to 21 digits, then pads to a multiple of 64, never by nothing.
    if let first = shape.first { text += String(repeating: " ", count: max(0, 21 - String(first).count)) }
    text += String(repeating: " ", count: 64 - (10 + text.utf8.count + 1) % 64) + "\n"
    let length = text.utf8.count
    return magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(text.utf8)
  }
}

/// Reads just the Python that NumPy writes: one dictionary of strings, truth values and tuples of numbers.
private struct DictionaryReader {
  var text: ArraySlice<UInt8>

  mutating func header() -> NumPyHeader? {
    var (descr, order, shape): (String?, Bool?, [Int]?)
    guard take("{") else { return nil }
    while !take("}") {
      guard let key = string(), take(":") else { return nil }
      switch key {
      case "descr": descr = string()
      case "fortran_order": order = take("True") ? true : take("False") ? false : nil
      case "shape": shape = tuple()
      default: return nil
      }
      guard take(",") || text.first == UInt8(ascii: "}") else { return nil }
    }
    skipSpace()
    guard text.isEmpty, let descr, let order, let shape else { return nil }
    return NumPyHeader(descr: descr, fortranOrder: order, shape: shape)
  }

  private mutating func skipSpace() { text = text.drop { $0 == 0x20 || $0 == 0x0A } }

  private mutating func take(_ word: String) -> Bool {
    skipSpace()
    guard text.starts(with: word.utf8) else { return false }
    text = text.dropFirst(word.utf8.count)
    skipSpace()
    return true
  }

  private mutating func string() -> String? {
    for quote in ["'", "\""] where take(quote) {
      let content = text.prefix { $0 != quote.utf8.first }
      text = text.dropFirst(content.count)
      return take(quote) ? String(decoding: content, as: UTF8.self) : nil
    }
    return nil
  }

  private mutating func tuple() -> [Int]? {
    var numbers: [Int] = []
    guard take("(") else { return nil }
    while !take(")") {
      let digits = text.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
      guard numbers.count < 64, let number = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
      numbers.append(number)
      text = text.dropFirst(digits.count)
      // Python 2 marked long numbers.
      _ = take("L")
      guard take(",") || text.first == UInt8(ascii: ")") else { return nil }
    }
    return numbers
  }
}

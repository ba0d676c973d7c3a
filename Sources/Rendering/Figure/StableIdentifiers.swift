/// Renames what cairo numbers by a counter that runs as long as the process.
enum StableIdentifiers {
  /// The SVG in `bytes` with what cairo 1.16 (`surface`, `image`) and 1.18 (`source-`) number renumbered in order of appearance.
  static func renumbered(_ bytes: [UInt8]) -> [UInt8] {
    let stems = ["surface", "image", "source-"].map { Array($0.utf8) }
    var numbers: [[UInt8]: Int] = [:]
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var i = 0
    while i < bytes.count {
      // Identifiers follow a quotation mark or a hash; pictures in base 64 hold neither.
      guard bytes[i] == UInt8(ascii: "\"") || bytes[i] == UInt8(ascii: "#"),
        let stem = stems.first(where: { bytes[(i + 1)...].starts(with: $0) })
      else {
        result.append(bytes[i])
        i += 1
        continue
      }
      let start = i + 1 + stem.count
      let end = bytes[start...].firstIndex { !(UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0) } ?? bytes.count
      result.append(bytes[i])
      result += stem
      if end > start {
        let name = Array(bytes[(i + 1)..<end])
        let number = numbers[name] ?? numbers.count
        numbers[name] = number
        result += Array(String(number).utf8)
      }
      i = end
    }
    return result
  }
}
